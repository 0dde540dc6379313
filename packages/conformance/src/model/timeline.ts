/** A point of a run. Of two, the one that was noted first has the smaller `seq`; `at` is the world's clock. */
export interface Instant {
  readonly at: number;
  readonly seq: number;
}

/** Numbers everything that is noted in a run, so that order is known even where the clock stands still. */
export class Timeline {
  readonly #now: () => number;
  /** The clock at each noted instant: never falling. */
  readonly #clock: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get now(): number {
    return this.#now();
  }

  /** This moment, after everything that was noted before. */
  note(): Instant {
    const at = this.#now();
    this.#clock.push(at);
    return { at, seq: this.#clock.length - 1 };
  }

  /** The earliest that `ms` on the clock can mean: before everything that was noted at that time or later. */
  since(ms: number): Instant {
    let low = 0;
    let high = this.#clock.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#clock[middle] ?? Infinity) >= ms) high = middle;
      else low = middle + 1;
    }
    return { at: ms, seq: low };
  }
}

/** Whether `a` was noted before `b`. What has not happened, happens later than everything. */
export function isBefore(a: Instant | undefined, b: Instant | undefined): boolean {
  if (a === undefined) return false;
  return b === undefined || a.seq < b.seq;
}
