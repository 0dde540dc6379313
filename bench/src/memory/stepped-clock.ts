import type { Clock } from '@rollcall/core';

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** A clock that the measurement moves, and that costs nearly nothing: the few timers that anybody needs stand in a list. */
export class SteppedClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = 0;
  /** How many timers waited at once, at most. */
  mostTimers = 0;

  now(): number {
    return this.#now;
  }

  schedule(ms: number, callback: () => void): Disposable {
    const timer: Timer = { dueAt: this.#now + ms, callback };
    this.#timers.add(timer);
    this.mostTimers = Math.max(this.mostTimers, this.#timers.size);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** Lets `ms` milliseconds pass at once, and what falls due happen. */
  step(ms: number): void {
    this.#now += ms;
    for (let due = this.#due(); due !== undefined; due = this.#due()) {
      this.#timers.delete(due);
      due.callback();
    }
  }

  #due(): Timer | undefined {
    for (const timer of this.#timers) if (timer.dueAt <= this.#now) return timer;
    return undefined;
  }
}
