import type { Clock } from '@rollcall/core/driver';

/** Most changes told in one turn of the event loop. */
const mostPerTurn = 1_024;

/** From so many in one turn on it matters when the next begins. */
const manyPerTurn = 512;

interface Waiter {
  readonly changes: number;
  readonly go: () => void;
}

/** Spreads what a store tells over turns of the event loop, so that a million entries that end together block nobody. */
export class Pace {
  readonly #clock: Clock;
  #waiting: Waiter[] = [];
  #told = 0;
  #isTurnAwaited = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Asks to tell `changes`. @returns undefined if that may be done now, else what resolves when it may */
  enter(changes: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#hasRoomFor(changes)) {
      this.#admit(changes);
      return undefined;
    }
    this.#awaitTurn();
    return new Promise((go) => {
      this.#waiting.push({ changes, go });
    });
  }

  /** A turn always has room for the first, however much that is. */
  #hasRoomFor(changes: number): boolean {
    return this.#told === 0 || this.#told + changes <= mostPerTurn;
  }

  #admit(changes: number): void {
    this.#told += changes;
    if (this.#told > manyPerTurn) this.#awaitTurn();
  }

  #awaitTurn(): void {
    if (this.#isTurnAwaited) return;
    this.#isTurnAwaited = true;
    this.#clock.schedule(0, () => this.#turn(), { background: true });
  }

  #turn(): void {
    this.#isTurnAwaited = false;
    this.#told = 0;
    const waiting = this.#waiting;
    let admitted = 0;
    for (const { changes, go } of waiting) {
      if (!this.#hasRoomFor(changes)) break;
      this.#admit(changes);
      go();
      admitted += 1;
    }
    this.#waiting = waiting.slice(admitted);
    if (this.#waiting.length > 0) this.#awaitTurn();
  }
}
