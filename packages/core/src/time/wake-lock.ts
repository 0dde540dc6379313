import type { Clock } from './clock.ts';

/** Long enough that waking for it costs nothing. */
const stretchMs = 3_600_000;

/**
 * Keeps the process alive while somebody holds it: an open registration, a reader that waits (C4). Backends that have
 * no socket of their own, or let go of it, would otherwise let the process end in the middle of its work.
 */
export class WakeLock {
  readonly #clock: Clock;
  #holders = 0;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  acquire(): void {
    this.#holders += 1;
    if (this.#timer === undefined) this.#hold();
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #hold(): void {
    this.#timer = this.#clock.schedule(stretchMs, () => this.#hold());
  }
}
