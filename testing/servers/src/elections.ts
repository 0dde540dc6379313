import { setTimeout as sleep } from 'node:timers/promises';

/** Often enough: terms only grow, so that none is missed. */
const everyMs = 100;

/** Notices elections, those included that nobody meant: a busy machine may keep a leader from its heartbeats. */
export class Elections implements Disposable {
  readonly #terms: () => Promise<readonly number[]>;
  #newest = 0;
  #lastAt = 0;
  #isOver = false;

  /** @param terms of the members that count; never rejects */
  constructor(terms: () => Promise<readonly number[]>) {
    this.#terms = terms;
    void this.#follow();
  }

  /** When the last one was noticed, on the clock of `performance`. */
  get lastAt(): number {
    return this.#lastAt;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      const newest = Math.max(this.#newest, ...(await this.#terms()));
      if (newest > this.#newest) {
        this.#newest = newest;
        this.#lastAt = performance.now();
      }
      await sleep(everyMs);
    }
  }
}
