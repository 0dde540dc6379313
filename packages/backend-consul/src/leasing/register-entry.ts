import { type DriverRegisterOptions, RegistryError, type ServiceInstance } from '@rollcall/core/driver';
import { assertSeesNothing } from '../agent/visibility.ts';
import type { ConsulStore } from '../consul-store.ts';
import { describeAttempt } from '../consul-errors.ts';
import type { ConsulEntry, EntryKey } from '../layout/consul-entry.ts';
import type { Standing } from '../layout/standing.ts';
import { readStanding, waitFor } from './catalog.ts';
import { checkOf } from './lease-check.ts';
import { newLeaseToken } from './lease-token.ts';

/** An entry under a lease. */
export interface WrittenEntry {
  readonly key: EntryKey;
  readonly serviceId: string;
  /** Of the agent that keeps it. */
  readonly node: string;
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
  await store.api.register(registration, checkOf(store, registration, key, { ttlMs, status: 'passing' }), signal);
  const node = await nodeOf(store, terms, serviceId);
  const former = [...before.all.values()].filter((entry) => entry.id === id && entry.node === node);
  // It is hidden already: where this fails, it goes when its owner has noticed.
  await Promise.allSettled(former.map((entry) => store.api.deregister(entry.serviceId, signal)));
  return { key, serviceId, node, ttlMs };
}

/** After so many looks in vain it is asked whether the entry may be seen at all: it mostly shows at the first. */
const patience = 6;

/** The node that the catalog shows a new entry on, once it does. */
function nodeOf(store: ConsulStore, { instance, signal }: EntryTerms, serviceId: string): Promise<string> {
  let looks = 0;
  const look = async ({ all }: Standing): Promise<string | undefined> => {
    const entry = all.get(serviceId);
    if (entry?.isPassing === true) return entry.node;
    looks += 1;
    if (all.size === 0 && looks >= patience)
      await assertSeesNothing(store.api, store.layout.serviceName(instance.service), signal);
    return undefined;
  };
  return waitFor(store, instance, look, signal);
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
