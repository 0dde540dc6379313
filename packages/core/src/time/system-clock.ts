import type { Clock, ScheduleOptions } from './clock.ts';

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const longestTimeoutMs = 2_147_483_647;

/**
 * The system's time: `performance.now()` and `setTimeout`, looked up at each call, so that vitest's fake timers reach it
 * (T1). `node:test`'s mock leaves `performance` alone: use `manualClock` there.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule: (ms, callback, options) => new SystemTimer(ms, callback, options ?? {}),
};

/** One timer of the system's, or a row of them where the delay is too long for one. */
class SystemTimer implements Disposable {
  readonly #callback: () => void;
  readonly #options: ScheduleOptions;
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, callback: () => void, options: ScheduleOptions) {
    this.#callback = callback;
    this.#options = options;
    this.#arm(ms);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#handle);
  }

  #arm(ms: number): void {
    const stretchMs = Math.min(ms, longestTimeoutMs);
    const restMs = ms - stretchMs;
    const fire = restMs > 0 ? (): void => this.#arm(restMs) : this.#callback;
    const handle = globalThis.setTimeout(fire, stretchMs);
    this.#handle = handle;
    // Outside of Node a timer is a number, and nothing is kept alive by it.
    if (this.#options.background === true && typeof handle === 'object') handle.unref();
  }
}
