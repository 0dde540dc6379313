import type { WatchEvent } from '../protocol/etcd-messages.ts';
import { rangeRpc } from '../protocol/etcd-rpcs.ts';
import { isRevisionGone } from '../connection/rpc-failure.ts';
import type { EtcdStore } from '../etcd-store.ts';
import { HistoryLost } from './history-lost.ts';

/** The last write that a watch has seen, by marks that no other history can bear: a revision, and a lease whose ID was drawn at random. */
export interface Anchor {
  readonly key: Buffer;
  readonly modRevision: number;
  readonly lease: number;
}

/**
 * The newest of `events`, if it is a write under a lease: that something is absent proves nothing, and a write without a lease may
 * have been repeated by whoever filled a wiped cluster anew.
 */
export function anchorOf(events: readonly WatchEvent[]): Anchor | undefined {
  const modRevision = newestRevision(events);
  const write = events.find(
    (event) => event.type === 0 && revisionOf(event) === modRevision && event.kv.lease.toNumber() !== 0,
  );
  return write && { key: write.kv.key, modRevision, lease: write.kv.lease.toNumber() };
}

/** The revision of the newest of `events`. */
export function newestRevision(events: readonly WatchEvent[]): number {
  return events.reduce((newest, event) => Math.max(newest, revisionOf(event)), 0);
}

function revisionOf({ kv }: WatchEvent): number {
  return kv.modRevision.toNumber();
}

/**
 * Makes sure that a watch may go on behind its anchor: that the cluster's history still holds that very write at that very
 * revision. A cluster that was wiped, or restored from a backup, can have come to any revision meanwhile, under the same ID and
 * in the same raft term; then what lies between is not what this watch has missed.
 * @throws HistoryLost
 */
export async function assertSameHistory(
  { connection }: EtcdStore,
  anchor: Anchor | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (anchor === undefined) throw new HistoryLost('nothing proves that the history is still the same');
  const { key, modRevision, lease } = anchor;
  const { kvs } = await connection.call(rangeRpc, { key, revision: modRevision }, signal).catch((error: unknown) => {
    throw isRevisionGone(error) ? new HistoryLost(`revision ${modRevision} is not to be had`, { cause: error }) : error;
  });
  if (kvs[0]?.modRevision.toNumber() !== modRevision || kvs[0].lease.toNumber() !== lease)
    throw new HistoryLost('the history is another one');
}
