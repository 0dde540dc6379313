import { type DriverRegisterOptions, RegistryError, type ServiceInstance } from '@rollcall/core/driver';
import type { KeyValue, RequestOp, TxnRequest } from '../protocol/etcd-messages.ts';
import { leaseGrantRpc, leaseTimeToLiveRpc, txnRpc } from '../protocol/etcd-rpcs.ts';
import { isAbsent, isUnchanged, isUnderLease, keyRead, readKey } from '../protocol/requests.ts';
import { isForbidden, isLeaseTaken, isRpcFailure } from '../connection/rpc-failure.ts';
import { describeAttempt } from '../etcd-errors.ts';
import { encodeRecord, standingOf } from '../etcd-record.ts';
import type { EtcdStore } from '../etcd-store.ts';
import { newLeaseId } from './lease-id.ts';

/** A lease as granted, with the entry that was written under it. */
export interface WrittenEntry {
  readonly leaseId: number;
  readonly ttlMs: number;
  readonly modRevision: number;
}

/** A lease that was asked for. */
export interface AskedLease {
  readonly leaseId: number;
  readonly ttlMs: number;
}

/** What one attempt to register is told. */
export interface EntryTerms extends Pick<DriverRegisterOptions, 'owner' | 'onConflict'> {
  readonly instance: ServiceInstance;
  readonly ttlMs: number;
  readonly signal: AbortSignal;
  /** Called with the lease that may stand from now on, whatever is heard of it; with `undefined` when it surely does not. */
  readonly mayStand: (lease: AskedLease | undefined) => void;
}

/**
 * Grants a lease and writes the entry under it, on condition of what `onConflict` says: two round trips. Both may be sent twice
 * without harm, because the lease's ID is ours: the second grant says that it stands, and the second write finds the key under it.
 */
export async function registerEntry(store: EtcdStore, terms: EntryTerms): Promise<WrittenEntry> {
  const key = store.keys.entry(terms.instance.service, terms.instance.id);
  const lease = await grant(store, terms);
  const put: RequestOp = {
    put: { key, value: encodeRecord(terms.instance, terms.owner), lease: lease.leaseId },
  };
  const write = { store, terms, key, put, leaseId: lease.leaseId };
  const modRevision = terms.onConflict === 'replace' ? await overwrite(write) : await claim(write);
  return { ...lease, modRevision };
}

async function grant({ connection }: EtcdStore, { ttlMs, signal, mayStand }: EntryTerms): Promise<AskedLease> {
  const ttl = Math.ceil(ttlMs / 1_000);
  for (;;) {
    const id = newLeaseId();
    mayStand({ leaseId: id, ttlMs: ttl * 1_000 });
    try {
      const granted = await connection.call(leaseGrantRpc, { id, ttl }, signal);
      return { leaseId: id, ttlMs: granted.ttl.toNumber() * 1_000 };
    } catch (error) {
      if (isRpcFailure(error) && isForbidden(error)) mayStand(undefined);
      if (!isLeaseTaken(error)) throw error;
    }
    // An earlier grant of ours whose answer was lost, unless somebody has drawn the same ID out of 2^53.
    const { grantedTtl, keys } = await connection.call(leaseTimeToLiveRpc, { id, keys: true }, signal);
    if (keys.length === 0) return { leaseId: id, ttlMs: grantedTtl.toNumber() * 1_000 };
    mayStand(undefined);
  }
}

interface Write {
  readonly store: EtcdStore;
  readonly terms: EntryTerms;
  readonly key: Buffer;
  readonly put: RequestOp;
  readonly leaseId: number;
}

/** Takes the key, whoever has it (R3). @returns the revision of the write */
async function overwrite({ store, terms, key, put, leaseId }: Write): Promise<number> {
  const { header, succeeded, responses } = await store.connection.call(
    txnRpc,
    { compare: [isUnderLease(key, leaseId)], success: [readKey(key)], failure: [put] },
    terms.signal,
  );
  const written = succeeded ? keyRead(responses[0]) : undefined;
  return (written?.modRevision ?? header.revision).toNumber();
}

/** Takes the key only from nobody, or from an earlier attempt of the same owner (R4). @returns the revision of the write */
async function claim({ store, terms, key, put, leaseId }: Write): Promise<number> {
  let takes: TxnRequest = { compare: [isAbsent(key)], success: [put], failure: [readKey(key)] };
  for (;;) {
    const { header, succeeded, responses } = await store.connection.call(
      txnRpc,
      { compare: [isUnderLease(key, leaseId)], success: [readKey(key)], failure: [{ txn: takes }] },
      terms.signal,
    );
    if (succeeded) return (keyRead(responses[0])?.modRevision ?? header.revision).toNumber();
    const taken = responses[0]?.txn;
    if (taken?.succeeded === true) return header.revision.toNumber();
    const standing = keyRead(taken?.responses[0]);
    assertClaimable(store, terms, standing);
    takes = {
      compare: [standing === undefined ? isAbsent(key) : isUnchanged(key, standing.modRevision.toNumber())],
      success: [put],
      failure: [readKey(key)],
    };
  }
}

/** @throws RegistryError `INSTANCE_ALREADY_REGISTERED` while a live entry of another owner stands (R4) */
function assertClaimable({ keys, address }: EtcdStore, terms: EntryTerms, standing: KeyValue | undefined): void {
  const found = standingOf(keys, standing);
  if (found.type === 'nobody' || found.owner === terms.owner) return;
  const { service, id } = terms.instance;
  const attempt = describeAttempt({ action: 'register', service, id }, address);
  throw new RegistryError(
    'INSTANCE_ALREADY_REGISTERED',
    `Could not ${attempt}: a live entry of another owner stands. Wait until it is gone, or ask for onConflict 'replace'.`,
  );
}
