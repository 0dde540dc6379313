import { RegistryError } from '@rollcall/core/driver';
import { waitFor } from '../connection/abortable.ts';
import { ConnectionFailure } from '../connection/rpc-failure.ts';
import { describeAttempt, etcdError } from '../etcd-errors.ts';
import type { EtcdStore } from '../etcd-store.ts';
import { KeepAliveStream } from './keep-alive-stream.ts';
import { checkOwnership, type HeldEntry, maxTxnOps } from './ownership.ts';

/** An entry whose lease is to be renewed. */
export interface RenewableEntry extends HeldEntry {
  readonly ttlMs: number;
}

/** A renewal that was asked for. */
interface Asked {
  readonly entry: RenewableEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How long a renewal waits for others to share a round trip with, as a share of its TTL and in milliseconds at most. */
const gathering = { shareOfTtl: 1 / 100, mostMs: 50 };

/** How long a round may take, as a share of the shortest TTL in it: what core gives one attempt (L4). */
const boundShareOfTtl = 1 / 6;

/**
 * Renews leases, those that fall due together in one round: their keepalives on the registry's one stream, and beside them one
 * transaction that tells whether the entries are present and their owners' (L6).
 */
export class Renewals {
  readonly #store: EtcdStore;
  #asked: Asked[] = [];
  #departure: Disposable | undefined;
  #stream: KeepAliveStream | undefined;

  constructor(store: EtcdStore) {
    this.#store = store;
  }

  /** @throws RegistryError as `DriverLease.renew` */
  renew(entry: RenewableEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ entry, resolve, reject });
      if (this.#asked.length >= maxTxnOps) return this.#depart();
      const waitMs = Math.min(gathering.mostMs, entry.ttlMs * gathering.shareOfTtl);
      this.#departure ??= this.#store.clock.schedule(waitMs, () => this.#depart(), { background: true });
    });
  }

  #depart(): void {
    this.#departure?.[Symbol.dispose]();
    this.#departure = undefined;
    const round = this.#asked;
    this.#asked = [];
    void this.#run(round);
  }

  async #run(round: readonly Asked[]): Promise<void> {
    const entries = round.map(({ entry }) => entry);
    const giveUp = new AbortController();
    const { connection, clock, address } = this.#store;
    const boundMs = boundShareOfTtl * Math.min(...entries.map(({ ttlMs }) => ttlMs));
    const sentAt = clock.now();
    const bound = clock.schedule(
      boundMs,
      () => {
        const late = new ConnectionFailure(`no answer to a renewal within ${Math.round(boundMs)} ms`);
        if (this.#stream !== undefined) connection.suspect(this.#stream.link, sentAt, late);
        giveUp.abort(late);
      },
      { background: true },
    );
    try {
      const [alive, owned] = await Promise.all([
        this.#beat(entries, giveUp.signal),
        checkOwnership(this.#store, entries, giveUp.signal),
      ]);
      round.forEach(({ entry, resolve, reject }, index) => {
        const problem = owned[index] ?? (alive[index] === true ? undefined : leaseGone(entry, address));
        if (problem === undefined) resolve();
        else reject(problem);
      });
    } catch (error) {
      for (const { entry, reject } of round)
        reject(
          etcdError({ action: 'renew the lease of', service: entry.service, id: entry.instanceId }, address, error),
        );
    } finally {
      bound[Symbol.dispose]();
    }
  }

  /** A stream that breaks is routine: only when the next one breaks too has the renewal failed. */
  async #beat(entries: readonly RenewableEntry[], signal: AbortSignal): Promise<readonly boolean[]> {
    const ids = entries.map(({ leaseId }) => leaseId);
    const first = await this.#openStream(signal);
    try {
      return await waitFor(signal, first.beat(ids));
    } catch (error) {
      if (signal.aborted) throw error;
    }
    const second = await this.#openStream(signal);
    return waitFor(signal, second.beat(ids));
  }

  async #openStream(signal: AbortSignal): Promise<KeepAliveStream> {
    const link = await this.#store.connection.link(signal);
    if (this.#stream === undefined || this.#stream.isBroken || this.#stream.link !== link) {
      const { token } = link;
      this.#stream = new KeepAliveStream(link, (error) => this.#store.connection.streamFailed(link, token, error));
    }
    return this.#stream;
  }
}

function leaseGone({ service, instanceId: id }: RenewableEntry, address: string): RegistryError {
  const attempt = describeAttempt({ action: 'renew the lease of', service, id }, address);
  return new RegistryError('LEASE_NOT_FOUND', `Could not ${attempt}: the lease has run out or was revoked.`);
}
