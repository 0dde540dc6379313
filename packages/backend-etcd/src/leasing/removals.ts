import { setMaxListeners } from 'node:events';
import type { Clock } from '@rollcall/core/driver';
import { waitFor } from '../connection/abortable.ts';
import { leaseRevokeRpc } from '../protocol/etcd-rpcs.ts';
import { isLeaseGone } from '../connection/rpc-failure.ts';
import type { EtcdStore } from '../etcd-store.ts';
import type { AskedLease } from './register-entry.ts';

/** The first pause between two attempts, in milliseconds; each later one doubles it, up to a third of the TTL. */
const firstPauseMs = 100;

/** Leases of attempts that failed: they are revoked until that is answered, or until they have run out by themselves (R2). */
export class Removals {
  readonly #store: EtcdStore;
  readonly #ofOwner = new Map<string, Promise<void>>();
  readonly #ending = new AbortController();

  constructor(store: EtcdStore) {
    this.#store = store;
    // As many may be under way as attempts have failed, and all of them end by it.
    setMaxListeners(0, this.#ending.signal);
  }

  /** Begins to revoke a lease that `owner` asked for and does not want any more. */
  begin(owner: string, lease: AskedLease): void {
    const removing = this.#remove(lease).finally(() => {
      if (this.#ofOwner.get(owner) === removing) this.#ofOwner.delete(owner);
    });
    removing.catch(() => undefined); // closed: what is left has its TTL
    this.#ofOwner.set(owner, removing);
  }

  /**
   * Resolves when nothing of an earlier attempt of `owner` can come any more. Without it, a write that is late could put its key
   * back under the lease that is being revoked, and take the new entry with it.
   */
  async settled(owner: string, signal: AbortSignal): Promise<void> {
    const removing = this.#ofOwner.get(owner);
    if (removing !== undefined) await waitFor(signal, removing);
  }

  end(reason: unknown): void {
    this.#ending.abort(reason);
  }

  async #remove({ leaseId, ttlMs }: AskedLease): Promise<void> {
    const { connection, clock } = this.#store;
    const { signal } = this.#ending;
    const goneBy = clock.now() + ttlMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, ttlMs / 3)) {
      try {
        await connection.call(leaseRevokeRpc, { id: leaseId }, signal);
        return;
      } catch (error) {
        if (isLeaseGone(error) || clock.now() >= goneBy) return;
        signal.throwIfAborted();
      }
      await pause(clock, pauseMs, signal);
    }
  }
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  let timer: Disposable | undefined;
  const over = new Promise<void>((resolve) => {
    timer = clock.schedule(ms, resolve, { background: true });
  });
  try {
    await waitFor(signal, over);
  } finally {
    timer?.[Symbol.dispose]();
  }
}
