import { RegistryError } from '@rollcall/core/driver';
import type { Compare, KeyValue, RequestOp } from '../protocol/etcd-messages.ts';
import { txnRpc } from '../protocol/etcd-rpcs.ts';
import { isUnchanged, isUnderLease, keyRead, readKey } from '../protocol/requests.ts';
import { describeAttempt } from '../etcd-errors.ts';
import { standingOf } from '../etcd-record.ts';
import type { EtcdStore } from '../etcd-store.ts';

/** Most operations in one transaction: what a server allows unless it is told otherwise. */
export const maxTxnOps = 128;

/** An entry that somebody believes to be theirs. */
export interface HeldEntry {
  readonly service: string;
  readonly instanceId: string;
  readonly key: Buffer;
  readonly owner: string;
  readonly leaseId: number;
  /** Of the last write of it; undefined while that is not known, because one is under way or its answer was lost. */
  readonly modRevision: number | undefined;
}

/**
 * Whose each of at most 128 entries is. One transaction asks for all of them at once, and says yes; only when it says no are they
 * read. Undefined for an entry that is as its owner wrote it, else what to tell the owner (L6).
 */
export async function checkOwnership(
  store: EtcdStore,
  entries: readonly HeldEntry[],
  signal: AbortSignal,
): Promise<readonly (RegistryError | undefined)[]> {
  const asked = entries.map(asking);
  const { succeeded, responses } = await store.connection.call(
    txnRpc,
    { compare: asked.map(({ isHeld }) => isHeld), failure: asked.map(({ read }) => read) },
    signal,
  );
  return entries.map((entry, index) => (succeeded ? undefined : verdict(store, entry, keyRead(responses[index]))));
}

/** Whether it is as its owner wrote it; where that is not known exactly, at least under the owner's lease. */
function asking({ key, leaseId, modRevision }: HeldEntry): { readonly isHeld: Compare; readonly read: RequestOp } {
  const isHeld = modRevision === undefined ? isUnderLease(key, leaseId) : isUnchanged(key, modRevision);
  return { isHeld, read: readKey(key) };
}

/** Whether what stands is the owner's, and what to tell the owner if it is not. */
export function verdict(store: EtcdStore, entry: HeldEntry, standing: KeyValue | undefined): RegistryError | undefined {
  const { service, instanceId: id, leaseId, modRevision, owner } = entry;
  const found = standingOf(store.keys, standing);
  const attempt = describeAttempt({ action: 'hold', service, id }, store.address);
  if (standing === undefined || found.type === 'nobody')
    return new RegistryError('LEASE_NOT_FOUND', `Could not ${attempt}: the entry is gone, or was overwritten.`);
  if (found.owner !== owner)
    return new RegistryError('LEASE_SUPERSEDED', `Could not ${attempt}: another owner has taken the entry.`);
  const isOurs = standing.lease.toNumber() === leaseId;
  // A write of ours that was answered meanwhile is newer than what was read; nobody else's can be older.
  if (isOurs && standing.modRevision.toNumber() <= (modRevision ?? Infinity)) return undefined;
  return new RegistryError('LEASE_NOT_FOUND', `Could not ${attempt}: the entry was overwritten.`);
}
