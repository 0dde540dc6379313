import { setMaxListeners } from 'node:events';
import { pause } from '../agent/pauses.ts';
import type { ConsulStore } from '../consul-store.ts';

/** The first pause between two attempts, in milliseconds; each later one doubles it, up to a third of the TTL. */
const firstPauseMs = 100;

/** Entries of attempts that failed: they are deregistered until that is answered, or until they have run out by themselves (R2). */
export class Removals {
  readonly #store: ConsulStore;
  readonly #ending = new AbortController();

  constructor(store: ConsulStore) {
    this.#store = store;
    // As many may be under way as attempts have failed, and all of them end by it.
    setMaxListeners(0, this.#ending.signal);
  }

  /** Begins to take back an entry that nobody wants any more. Its service ID is nobody else's: a later attempt need not wait. */
  begin(serviceId: string, ttlMs: number): void {
    this.#remove(serviceId, ttlMs).catch(() => undefined); // closed: what is left has its TTL
  }

  end(reason: unknown): void {
    this.#ending.abort(reason);
  }

  /** A register that was given up may take effect after the deregister that follows it: that is repeated once more when its TTL is over. */
  async #remove(serviceId: string, ttlMs: number): Promise<void> {
    const { clock } = this.#store;
    const { signal } = this.#ending;
    const goneBy = clock.now() + ttlMs;
    let isAnswered = await this.#deregister(serviceId, signal);
    for (let pauseMs = firstPauseMs; !isAnswered && clock.now() < goneBy; pauseMs = Math.min(2 * pauseMs, ttlMs / 3)) {
      await pause(clock, pauseMs, signal);
      isAnswered = await this.#deregister(serviceId, signal);
    }
    await pause(clock, Math.max(0, goneBy - clock.now()), signal);
    await this.#deregister(serviceId, signal);
  }

  /** @returns whether the agent has answered */
  async #deregister(serviceId: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#store.api.deregister(serviceId, signal);
      return true;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }
}
