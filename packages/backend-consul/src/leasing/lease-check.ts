import { createHash } from 'node:crypto';
import type { TtlCheck } from '../agent/consul-api.ts';
import type { ConsulStore } from '../consul-store.ts';
import type { ConsulRegistration, EntryKey } from '../layout/consul-entry.ts';

/** What the IDs of our checks begin with. */
export const checkIdPrefix: string = 'rollcall~';

export function checkId(token: string): string {
  return `${checkIdPrefix}${token}`;
}

/** The check of an entry: critical once its time is over, and the service with it gone some time after. */
export function checkOf(
  { deregisterAfterMs }: ConsulStore,
  { Meta }: ConsulRegistration,
  { token }: EntryKey,
  { ttlMs, status }: { readonly ttlMs: number; readonly status: TtlCheck['Status'] },
): TtlCheck {
  const digest = createHash('sha256').update(JSON.stringify(Meta)).digest('base64url');
  return {
    CheckID: checkId(token),
    Name: 'Rollcall lease',
    Notes: `content ${digest.slice(0, 16)}`,
    TTL: `${ttlMs}ms`,
    Status: status,
    DeregisterCriticalServiceAfter: `${deregisterAfterMs}ms`,
  };
}
