import type { Clock } from '@rollcall/core';

/** How a wait came to its end. */
export type WaitEnd =
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: unknown }
  | { readonly type: 'late' }
  | { readonly type: 'hastened' };

/** Waits with a bound, one at a time, which somebody in a hurry can end. */
export class Waits {
  readonly #clock: Clock;
  #end: ((end: WaitEnd) => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the wait that is under way, if there is one. What was waited for goes on. */
  hasten(): void {
    this.#end?.({ type: 'hastened' });
  }

  /** Waits for `work`, at most `ms` milliseconds. Never rejects; what `work` comes to afterwards is dropped (E4). */
  for(ms: number, work: Promise<unknown>): Promise<WaitEnd> {
    return new Promise((resolve) => {
      const timer = this.#clock.schedule(ms, () => end({ type: 'late' }));
      const end = (how: WaitEnd): void => {
        timer[Symbol.dispose]();
        if (this.#end === end) this.#end = undefined;
        resolve(how);
      };
      this.#end = end;
      work.then(
        () => end({ type: 'done' }),
        (error: unknown) => end({ type: 'failed', error }),
      );
    });
  }
}
