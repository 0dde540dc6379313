import type { TtlCheck } from '../agent/consul-api.ts';
import type { ConsulStore } from '../consul-store.ts';
import { checkIdPrefix, type EntryKey } from '../layout/consul-entry.ts';

export function checkId(token: string): string {
  return `${checkIdPrefix}${token}`;
}

/** What a check is to be. */
export interface CheckTerms {
  readonly ttlMs: number;
  readonly status: TtlCheck['Status'];
  /** The how manieth write of the entry goes with it, from 1. */
  readonly write: number;
}

/** The check of an entry: critical once its time is over, and the service with it gone some time after. */
export function checkOf(
  { deregisterAfterMs }: ConsulStore,
  { token }: EntryKey,
  { ttlMs, status, write }: CheckTerms,
): TtlCheck {
  return {
    CheckID: checkId(token),
    Name: 'Rollcall lease',
    Notes: `write ${write}`,
    TTL: `${ttlMs}ms`,
    Status: status,
    DeregisterCriticalServiceAfter: `${deregisterAfterMs}ms`,
  };
}
