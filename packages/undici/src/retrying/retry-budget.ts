import type { Clock } from '@rollcall/core';
import type { BudgetTerms } from './retry-options.ts';

const slotMs = 1_000;
const slots = 10;

/**
 * Counts calls and retries of the last ten seconds, in slots of one. Within any ten slots there are at most `ratio` retries for each call
 * and `minPerSecond` for each second.
 */
export class RetryBudget {
  readonly #clock: Clock;
  readonly #terms: BudgetTerms;
  readonly #calls: number[] = Array.from({ length: slots }, () => 0);
  readonly #retries: number[] = Array.from({ length: slots }, () => 0);
  #callsInAll = 0;
  #retriesInAll = 0;
  /** Counted since the clock's origin. */
  #slot = 0;

  constructor(clock: Clock, terms: BudgetTerms) {
    this.#clock = clock;
    this.#terms = terms;
  }

  /** A call begins. */
  countCall(): void {
    const place = this.#place();
    this.#calls[place] = (this.#calls[place] ?? 0) + 1;
    this.#callsInAll += 1;
  }

  /** @returns whether a retry may be made; it is counted then */
  takeRetry(): boolean {
    const place = this.#place();
    const { ratio, minPerSecond } = this.#terms;
    if (this.#retriesInAll + 1 > ratio * this.#callsInAll + minPerSecond * slots) return false;
    this.#retries[place] = (this.#retries[place] ?? 0) + 1;
    this.#retriesInAll += 1;
    return true;
  }

  /** Where to count now. What is older than ten slots is forgotten first. */
  #place(): number {
    const slot = Math.floor(this.#clock.now() / slotMs);
    if (slot !== this.#slot) this.#forget(slot);
    return slot % slots;
  }

  #forget(slot: number): void {
    for (let old = Math.max(this.#slot, slot - slots) + 1; old <= slot; old += 1) {
      const place = old % slots;
      this.#callsInAll -= this.#calls[place] ?? 0;
      this.#retriesInAll -= this.#retries[place] ?? 0;
      this.#calls[place] = 0;
      this.#retries[place] = 0;
    }
    this.#slot = slot;
  }
}
