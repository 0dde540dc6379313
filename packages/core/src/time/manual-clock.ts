import type { Clock } from './clock.ts';

/** Time that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /**
   * Moves time on by `ms`. Runs what falls due, in order, yielding a real macrotask before the first timer, between two
   * and at the end, so that promises settle (T2). Calls made while one is under way take their turn.
   * @throws TypeError unless `ms` is a finite number that is not negative
   */
  advance(ms: number): Promise<void>;
}

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** A clock for tests, standing at `startMs` until `advance` moves it. @param startMs in milliseconds. @defaultValue 0 */
export function manualClock(startMs: number = 0): ManualClock {
  return new HandMovedClock(startMs);
}

// Kept from before any test fakes them: `advance` must yield for real.
const { setImmediate: immediate, setTimeout: timeout } = globalThis;

function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    // Only Node has setImmediate; elsewhere a timer of no length is as good.
    if (typeof immediate === 'function') immediate(resolve);
    else timeout(resolve, 0);
  });
}

class HandMovedClock implements ManualClock {
  /** In the order in which they fall due; those of one instant in the order in which they were scheduled. */
  readonly #timers: Timer[] = [];
  #now: number;
  #advancing: Promise<void> = Promise.resolve();

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  schedule(ms: number, callback: () => void): Disposable {
    const timer: Timer = { dueAt: this.#now + Math.max(0, ms), callback };
    this.#timers.splice(this.#firstAfter(timer.dueAt), 0, timer);
    return {
      [Symbol.dispose]: () => {
        const index = this.#timers.indexOf(timer);
        if (index >= 0) this.#timers.splice(index, 1);
      },
    };
  }

  advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0)
      return Promise.reject(new TypeError(`manualClock.advance: ms: expected a finite number >= 0, got ${String(ms)}`));
    const turn = this.#advancing.then(() => this.#advanceTo(this.#now + ms));
    // A callback that throws fails the call that ran it, and no later one.
    this.#advancing = turn.catch(() => undefined);
    return turn;
  }

  async #advanceTo(target: number): Promise<void> {
    await macrotask();
    for (;;) {
      const next = this.#timers[0];
      if (next === undefined || next.dueAt > target) break;
      this.#timers.shift();
      this.#now = Math.max(this.#now, next.dueAt);
      next.callback();
      await macrotask();
    }
    this.#now = target;
  }

  #firstAfter(dueAt: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const timer = this.#timers[middle];
      if (timer !== undefined && timer.dueAt <= dueAt) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
