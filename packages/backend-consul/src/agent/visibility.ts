import { type ConsulApi, mostInTransaction, type StoredAt } from './consul-api.ts';
import { ConsulFailure } from './consul-failure.ts';

/**
 * Consul answers 200 and leaves out whatever the token may not see, of services and of nodes: nothing may mean no rights (D2).
 * Resolves if a service of which nothing was read may be believed to have nothing. Rejects with a `ConsulFailure`.
 */
export async function assertSeesNothing(api: ConsulApi, name: string, signal: AbortSignal): Promise<void> {
  const [mayRead, showsNodes] = await Promise.all([api.mayRead(name, signal), api.showsNodes(signal)]);
  if (!mayRead) throw api.hidden('the token may not read the service');
  if (showsNodes) return;
  // The servers' own nodes are always there, but for a moment at their first start; and an agent may know less of ACLs than its servers.
  if (!(await api.hasAcls(signal))) throw new ConsulFailure('the catalog shows no node at all, not even its servers');
  throw api.hidden('the token may not read any node, and so sees none of their services');
}

/** Something that was read, which may be nothing for lack of rights. */
export interface Look<Found> {
  /** Of the service that has to be readable. */
  readonly name: string;
  readonly again: () => Promise<Found>;
  readonly isNothing: (found: Found) => boolean;
}

/**
 * What was read, if it is something. Nothing is believed only if there is nothing both before and after a look at the rights: they may be
 * given back just after what was read without them.
 */
export async function believed<Found>(
  api: ConsulApi,
  found: Found,
  { name, again, isNothing }: Look<Found>,
  signal: AbortSignal,
): Promise<Found> {
  if (!isNothing(found)) return found;
  await assertSeesNothing(api, name, signal);
  return again();
}

/** Resolves if these entries, which are not read any more, are gone, and not only hidden. Rejects with a `ConsulFailure`. */
export async function assertGone(api: ConsulApi, entries: readonly StoredAt[], signal: AbortSignal): Promise<void> {
  const batches = Array.from({ length: Math.ceil(entries.length / mostInTransaction) }, (_, index) =>
    entries.slice(index * mostInTransaction, (index + 1) * mostInTransaction),
  );
  const missing = await Promise.all(batches.map((batch) => api.missing(batch, signal)));
  const count = missing.reduce((sum, { length }) => sum + length, 0);
  if (count < entries.length) throw api.hidden('the token may not see any more what is still there');
}
