import type { Clock } from '@rollcall/core';

/** How far a cache is: `waiting` says for what, and `failed` that nothing will come of it. */
export type Readiness =
  | { readonly is: 'ready' }
  | { readonly is: 'waiting' }
  | { readonly is: 'failed'; readonly error: unknown };

/** How one wait goes. */
export interface ReadyWait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** How far it is, asked whenever something has changed. */
  readonly readiness: () => Readiness;
  /** What it rejects with when the time is over. */
  readonly late: () => Error;
}

/** Those who wait for a cache to be ready. */
export class ReadyWaits {
  readonly #clock: Clock;
  readonly #looks = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something has changed. */
  look(): void {
    for (const look of this.#looks) look();
  }

  wait({ timeoutMs, signal, readiness, late }: ReadyWait): Promise<void> {
    return new Promise((resolve, reject) => {
      const over = (): void => {
        this.#looks.delete(look);
        timer[Symbol.dispose]();
        signal?.removeEventListener('abort', abort);
      };
      const fail = (error: unknown): void => {
        over();
        reject(error);
      };
      const abort = (): void => fail(signal?.reason);
      const look = (): void => {
        const now = readiness();
        if (now.is === 'failed') return fail(now.error);
        if (now.is === 'waiting') return;
        over();
        resolve();
      };
      const timer = this.#clock.schedule(timeoutMs, () => fail(late()));
      this.#looks.add(look);
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted === true) abort();
      else look();
    });
  }
}
