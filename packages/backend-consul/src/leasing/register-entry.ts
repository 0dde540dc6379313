import { type DriverRegisterOptions, RegistryError, type ServiceInstance } from '@rollcall/core/driver';
import type { TtlCheck } from '../agent/consul-api.ts';
import type { ConsulStore } from '../consul-store.ts';
import { describeAttempt } from '../consul-errors.ts';
import type { ConsulEntry, EntryKey } from '../layout/consul-entry.ts';
import { readStanding, waitUntil } from './catalog.ts';
import { newLeaseToken } from './lease-token.ts';

/** An entry under a lease. */
export interface WrittenEntry {
  readonly key: EntryKey;
  readonly serviceId: string;
  readonly ttlMs: number;
}

/** What one attempt to register is told. */
export interface EntryTerms extends Pick<DriverRegisterOptions, 'owner' | 'onConflict'> {
  readonly instance: ServiceInstance;
  readonly ttlMs: number;
  readonly signal: AbortSignal;
  /** Called with the service ID that may stand from now on, whatever is heard of it. */
  readonly mayStand: (serviceId: string) => void;
}

/**
 * Writes an entry of a higher epoch than all that stand for the id, and waits until the catalog shows it: the agent answers before it has
 * told the servers. Then whoever was there before is taken from this agent; on another one its owner finds out (R3).
 */
export async function registerEntry(store: ConsulStore, terms: EntryTerms): Promise<WrittenEntry> {
  const { instance, ttlMs, owner, signal } = terms;
  const { service, id } = instance;
  const before = await readStanding(store, service, [id], signal);
  if (terms.onConflict === 'reject') assertClaimable(store, terms, before.newest.get(id));
  const epoch = (before.newest.get(id)?.epoch ?? 0) + 1;
  const key: EntryKey = { token: newLeaseToken(), owner, epoch };
  const registration = store.layout.registration(instance, key);
  const { ID: serviceId } = registration;
  terms.mayStand(serviceId);
  await store.api.register(registration, checkOf(store, key, ttlMs, 'passing'), signal);
  await waitUntil(store, service, id, ({ all }) => all.get(serviceId)?.isPassing === true, signal);
  const former = [...before.all.values()].filter((entry) => entry.id === id);
  await Promise.all(former.map((entry) => store.api.deregister(entry.serviceId, signal)));
  return { key, serviceId, ttlMs };
}

/** The check of an entry: critical in its name's own time, and the service with it gone some time after. */
export function checkOf(store: ConsulStore, { token }: EntryKey, ttlMs: number, status: TtlCheck['Status']): TtlCheck {
  return {
    CheckID: checkId(token),
    Name: 'Rollcall lease',
    TTL: `${ttlMs}ms`,
    Status: status,
    DeregisterCriticalServiceAfter: `${store.deregisterAfterMs}ms`,
  };
}

/** What the IDs of our checks begin with. */
export const checkIdPrefix: string = 'rollcall~';

export function checkId(token: string): string {
  return `${checkIdPrefix}${token}`;
}

/**
 * Looked up before the write, and not in one step with it: two newcomers may both get in (R4).
 * @throws RegistryError `INSTANCE_ALREADY_REGISTERED` while a live entry of another owner stands
 */
function assertClaimable(
  { address }: ConsulStore,
  { instance, owner }: EntryTerms,
  standing: ConsulEntry | undefined,
): void {
  if (standing === undefined || !standing.isPassing || standing.owner === owner) return;
  const { service, id } = instance;
  const attempt = describeAttempt({ action: 'register', service, id }, address);
  throw new RegistryError(
    'INSTANCE_ALREADY_REGISTERED',
    `Could not ${attempt}: a live entry of another owner stands. Wait until it is gone, or ask for onConflict 'replace'.`,
  );
}
