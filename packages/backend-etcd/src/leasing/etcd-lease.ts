import type { DriverCallOptions, DriverLease, ServiceInstance } from '@rollcall/core/driver';
import type { KeyValue } from '../protocol/etcd-messages.ts';
import { leaseRevokeRpc, rangeRpc, txnRpc } from '../protocol/etcd-rpcs.ts';
import { isUnchanged, keyRead, readKey } from '../protocol/requests.ts';
import { isLeaseGone } from '../connection/rpc-failure.ts';
import { etcdError } from '../etcd-errors.ts';
import { encodeRecord } from '../etcd-record.ts';
import type { EtcdStore } from '../etcd-store.ts';
import { leaseIdText } from './lease-id.ts';
import { verdict } from './ownership.ts';
import type { WrittenEntry } from './register-entry.ts';
import type { RenewableEntry, Renewals } from './renewals.ts';

/** Whose entry it is. */
export interface EntryOwner {
  readonly service: string;
  readonly instanceId: string;
  readonly owner: string;
}

/** One lease with the one key under it. */
export class EtcdLease implements DriverLease, RenewableEntry {
  readonly service: string;
  readonly instanceId: string;
  readonly owner: string;
  readonly leaseId: number;
  readonly ttlMs: number;
  /** Of our last write; undefined while one is under way or its answer was lost. */
  modRevision: number | undefined;
  readonly #store: EtcdStore;
  readonly #renewals: Renewals;

  constructor(store: EtcdStore, renewals: Renewals, whose: EntryOwner, entry: WrittenEntry) {
    this.#store = store;
    this.#renewals = renewals;
    this.service = whose.service;
    this.instanceId = whose.instanceId;
    this.owner = whose.owner;
    this.leaseId = entry.leaseId;
    this.ttlMs = entry.ttlMs;
    this.modRevision = entry.modRevision;
  }

  /** Made anew each time: a small buffer holds on to the slab that it was cut from, eight kilobytes. */
  get key(): Buffer {
    return this.#store.keys.entry(this.service, this.instanceId);
  }

  get id(): string {
    return leaseIdText(this.leaseId);
  }

  /** Bounded by the round that it shares, so that no signal has to be made for it. */
  renew(): Promise<void> {
    return this.#renewals.renew(this);
  }

  async update(instance: ServiceInstance, { signal }: DriverCallOptions): Promise<void> {
    const known = this.modRevision;
    this.modRevision = undefined;
    try {
      this.modRevision = await this.#write(encodeRecord(instance, this.owner), known, signal);
    } catch (error) {
      throw this.#failure('update', error);
    }
  }

  async revoke({ signal }: DriverCallOptions): Promise<void> {
    try {
      await this.#store.connection.call(leaseRevokeRpc, { id: this.leaseId }, signal);
    } catch (error) {
      if (!isLeaseGone(error)) throw this.#failure('deregister', error);
    }
  }

  /**
   * Puts `value` on condition that the key is as the write at `known` left it. A write of ours whose answer was lost is looked up
   * first, so that each write has a condition that only one can meet, and one that arrives late changes nothing.
   * @returns the revision of the write
   */
  async #write(value: string, known: number | undefined, signal: AbortSignal): Promise<number> {
    const { key, leaseId } = this;
    for (let revision = known ?? (await this.#standingRevision(signal)); ;) {
      const { header, succeeded, responses } = await this.#store.connection.call(
        txnRpc,
        {
          compare: [isUnchanged(key, revision)],
          success: [{ put: { key, value, lease: leaseId } }],
          failure: [readKey(key)],
        },
        signal,
      );
      if (succeeded) return header.revision.toNumber();
      const standing = this.#assertOurs(keyRead(responses[0]));
      revision = standing.modRevision.toNumber();
      if (standing.value === value) return revision;
    }
  }

  async #standingRevision(signal: AbortSignal): Promise<number> {
    const { kvs } = await this.#store.connection.call(rangeRpc, { key: this.key }, signal);
    return this.#assertOurs(kvs[0]).modRevision.toNumber();
  }

  /** @throws RegistryError what to tell the owner of an entry that is not theirs any more (L6, R3) */
  #assertOurs(standing: KeyValue | undefined): KeyValue {
    const problem = verdict(this.#store, this, standing);
    if (problem !== undefined || standing === undefined) throw problem;
    return standing;
  }

  #failure(action: string, error: unknown): unknown {
    return etcdError({ action, service: this.service, id: this.instanceId }, this.#store.address, error);
  }
}
