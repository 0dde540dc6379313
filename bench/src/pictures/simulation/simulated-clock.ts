import type { Clock } from '@rollcall/core';

interface Timer {
  readonly dueAt: number;
  /** How many were scheduled before it. */
  readonly turn: number;
  readonly callback: () => void;
  isOff: boolean;
}

/** Time that leaps from one timer to the next, within the call that runs it: those of one instant in the order in which they were scheduled. */
export class SimulatedClock implements Clock {
  /** A heap: whoever is due next stands first, and nobody before who stands at (its place - 1) / 2. */
  readonly #heap: Timer[] = [];
  #now = 0;
  #turns = 0;

  now(): number {
    return this.#now;
  }

  schedule(ms: number, callback: () => void): Disposable {
    const timer: Timer = { dueAt: this.#now + Math.max(0, ms), turn: this.#turns++, callback, isOff: false };
    this.#rise(timer);
    return {
      [Symbol.dispose]: () => {
        timer.isOff = true;
      },
    };
  }

  /** Runs what falls due until `ms`, and stands there. */
  runTo(ms: number): void {
    for (let timer = this.#heap[0]; timer !== undefined && timer.dueAt <= ms; timer = this.#heap[0]) {
      const last = this.#heap.pop();
      if (last !== undefined && last !== timer) this.#sink(last);
      if (timer.isOff) continue;
      this.#now = timer.dueAt;
      timer.callback();
    }
    this.#now = ms;
  }

  #rise(timer: Timer): void {
    let at = this.#heap.length;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = this.#heap[parent];
      if (above === undefined || isBefore(above, timer)) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = timer;
  }

  /** Puts `timer` in the place of the first. */
  #sink(timer: Timer): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let below = this.#heap[child];
      const other = this.#heap[child + 1];
      if (below !== undefined && other !== undefined && isBefore(other, below)) {
        child += 1;
        below = other;
      }
      if (below === undefined || isBefore(timer, below)) break;
      this.#heap[at] = below;
      at = child;
    }
    this.#heap[at] = timer;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.turn < other.turn);
}
