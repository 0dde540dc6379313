import { type DriverRegisterOptions, RegistryError, type ServiceInstance } from '@rollcall/core/driver';
import { assertSeesNothing } from '../agent/visibility.ts';
import type { ConsulStore } from '../consul-store.ts';
import { describeAttempt } from '../consul-errors.ts';
import type { ConsulEntry, ConsulLayout, EntryKey } from '../layout/consul-entry.ts';
import { isNewer, type Standing } from '../layout/standing.ts';
import { waitFor } from './catalog.ts';
import { checkOf } from './lease-check.ts';
import { newLeaseToken } from './lease-token.ts';

/** An entry under a lease. */
export interface WrittenEntry {
  readonly key: EntryKey;
  readonly serviceId: string;
  /** Of the agent that keeps it. */
  readonly node: string;
  readonly ttlMs: number;
  /** Before it was sent, on the store's clock. */
  readonly writtenAt: number;
  /** Of the API's, when it was written. */
  readonly tokenVersion: number;
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
  const { tokenVersion } = store.api;
  const before = await store.reads.standing(service, id, signal);
  if (terms.onConflict === 'reject') assertClaimable(store, terms, before.newest.get(id));
  const epoch = (before.newest.get(id)?.epoch ?? 0) + 1;
  const key: EntryKey = { token: newLeaseToken(), owner, epoch };
  const registration = store.layout.registration(instance, key);
  const { ID: serviceId } = registration;
  const check = checkOf(store, key, { ttlMs, status: 'passing', write: 1 });
  const write = (): Promise<void> => store.api.register(registration, check, signal);
  terms.mayStand(serviceId);
  const writtenAt = store.clock.now();
  await write();
  const { own, others } = await shown(store, terms, { serviceId, write });
  const { node } = own;
  // Also those that could not be seen before, for lack of rights.
  const former = others.filter((entry) => entry.id === id && entry.node === node && isNewer(own, entry));
  // It is hidden already: where this fails, it goes when its owner has noticed.
  await Promise.allSettled(former.map((entry) => removeEntry(store, entry, signal)));
  return { key, serviceId, node, ttlMs, writtenAt, tokenVersion };
}

/** Also where the token that the entry was written with is not good any more. */
async function removeEntry({ api }: ConsulStore, entry: ConsulEntry, signal: AbortSignal): Promise<void> {
  await api.deregister(entry.serviceId, signal);
  await api.deregisterFromCatalog(entry, signal);
}

/** After so many looks in vain it is asked whether the entry may be seen at all: it mostly shows at the first. */
const patience = 6;

/** After so many, 0.7 s, it is written again: an agent that tells many entries at once takes its time, and more of them do not make it faster. */
const longPatience = 12;

/** A new entry, and those that it stands beside. */
interface Shown {
  readonly own: ConsulEntry;
  readonly others: readonly ConsulEntry[];
}

/** An entry that an agent has been told. */
interface Told {
  readonly serviceId: string;
  readonly write: () => Promise<void>;
}

/** What the catalog shows of a new entry, once it does. What the servers have refused for lack of rights, the agent tells no more by itself. */
function shown(store: ConsulStore, { instance, signal }: EntryTerms, { serviceId, write }: Told): Promise<Shown> {
  let looks = 0;
  const look = async ({ all }: Standing): Promise<Shown | undefined> => {
    const own = all.get(serviceId);
    if (own?.isPassing === true) return { own, others: [...all.values()].filter((entry) => entry !== own) };
    looks += 1;
    if (looks % patience === 0 && all.size === 0)
      await assertSeesNothing(store.api, store.layout.serviceName(instance.service), signal);
    if (looks % longPatience === 0) await write();
    return undefined;
  };
  return waitFor(store, instance, look, signal);
}

/**
 * Looked up before the write, and not in one step with it: two newcomers may both get in (R4).
 * @throws RegistryError `INSTANCE_ALREADY_REGISTERED` while a live entry of another owner stands
 */
function assertClaimable(
  { address, layout }: ConsulStore,
  { instance, owner }: EntryTerms,
  standing: ConsulEntry | undefined,
): void {
  if (standing === undefined || !standing.isPassing || standing.owner === owner || !isReadable(layout, standing))
    return;
  const { service, id } = instance;
  const attempt = describeAttempt({ action: 'register', service, id }, address);
  throw new RegistryError(
    'INSTANCE_ALREADY_REGISTERED',
    `Could not ${attempt}: a live entry of another owner stands. Wait until it is gone, or ask for onConflict 'replace'.`,
  );
}

/** What cannot be read is listed to nobody, and so is no live entry (D5). */
function isReadable(layout: ConsulLayout, entry: ConsulEntry): boolean {
  try {
    layout.instance(entry);
    return true;
  } catch {
    return false;
  }
}
