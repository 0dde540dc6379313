import { type ConsulApi, mostInTransaction, type StoredAt } from './consul-api.ts';
import { ConsulFailure, hidden } from './consul-failure.ts';

/**
 * Consul answers 200 and leaves out whatever the token may not see, of services and of nodes: nothing may mean no rights (D2).
 * Resolves if a service of which nothing was read may be believed to have nothing; of all services if there is no name.
 * Rejects with a `ConsulFailure`.
 */
export async function assertSeesNothing(api: ConsulApi, name: string, signal: AbortSignal): Promise<void> {
  const [right, showsNodes] = await Promise.all([api.mayRead(name, signal), api.showsNodes(signal)]);
  if (right === 'denied') throw hidden('the token may not read the service');
  if (showsNodes) return;
  // The servers' own nodes are always there, but for a moment at their first start; and an agent may know less of ACLs than its servers.
  if (right === 'no-acls') throw new ConsulFailure('the catalog shows no node at all, not even its servers');
  throw hidden('the token may not read any node, and so sees none of their services');
}

/** Resolves if these entries, which are not read any more, are gone, and not only hidden. Rejects with a `ConsulFailure`. */
export async function assertGone(api: ConsulApi, entries: readonly StoredAt[], signal: AbortSignal): Promise<void> {
  const batches = Array.from({ length: Math.ceil(entries.length / mostInTransaction) }, (_, index) =>
    entries.slice(index * mostInTransaction, (index + 1) * mostInTransaction),
  );
  const missing = await Promise.all(batches.map((batch) => api.missing(batch, signal)));
  const count = missing.reduce((sum, { length }) => sum + length, 0);
  if (count < entries.length) throw hidden('the token may not see any more what is still there');
}
