import type { Clock, ScheduleOptions } from '@rollcall/core';

/** The clock of a process that can be suspended: time goes on meanwhile, and no timer fires until it is resumed. */
export class PausableClock implements Clock {
  readonly #clock: Clock;
  readonly #missed = new Set<() => void>();
  #isPaused = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  schedule(ms: number, callback: () => void, options?: ScheduleOptions): Disposable {
    const fire = (): void => {
      if (this.#isPaused) this.#missed.add(callback);
      else callback();
    };
    const timer = this.#clock.schedule(ms, fire, options);
    return {
      [Symbol.dispose]: () => {
        timer[Symbol.dispose]();
        this.#missed.delete(callback);
      },
    };
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Fires what fell due meanwhile, in order. */
  resume(): void {
    this.#isPaused = false;
    for (const callback of this.#missed) {
      this.#missed.delete(callback);
      callback();
    }
  }
}
