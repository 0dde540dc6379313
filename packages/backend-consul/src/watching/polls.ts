import type { ConsulStore } from '../consul-store.ts';
import { CheckPoll } from './check-poll.ts';
import { ownPoll, type Rows } from './own-poll.ts';
import { sharedPoll } from './shared-poll.ts';

/** Keeps the polls of a registry within their bound: what is watched beyond it shares one. */
export class Polls {
  readonly #store: ConsulStore;
  #free: number;
  #shared: CheckPoll | undefined;

  /** @param most how many polls may be open; one of them is the one that is shared */
  constructor(store: ConsulStore, most: number) {
    this.#store = store;
    this.#free = most - 1;
  }

  async *rows(name: string, signal: AbortSignal): Rows {
    const hasOwn = (): boolean => this.#take();
    if (!hasOwn()) yield* sharedPoll(this.#store, this.#checks(), name, { signal, isOver: hasOwn });
    try {
      return yield* ownPoll(this.#store, name, signal);
    } finally {
      this.#freeLater();
    }
  }

  /** @returns whether one more poll may be opened: it has its place from now on */
  #take(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /** An agent keeps a poll that nobody waits for any more, and its connection, until the wait is over. */
  #freeLater(): void {
    const { clock, waitMs } = this.#store;
    const free = (): void => {
      this.#free += 1;
      this.#shared?.nudge();
    };
    clock.schedule(waitMs + waitMs / 16, free, { background: true });
  }

  #checks(): CheckPoll {
    if (this.#shared === undefined || this.#shared.isOver) this.#shared = new CheckPoll(this.#store);
    return this.#shared;
  }
}
