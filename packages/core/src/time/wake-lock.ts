import type { Clock } from './clock.ts';

/** Long enough that waking for it costs nothing. */
const stretchMs = 3_600_000;

/** How many turns of microtasks a lock is held on to that nobody holds any more. */
const patience = 4;

/**
 * Keeps the process alive while somebody holds it: an open registration, a reader that waits (C4). Backends that have
 * no socket of their own, or let go of it, would otherwise let the process end in the middle of its work.
 */
export class WakeLock {
  readonly #clock: Clock;
  #holders = 0;
  #timer: Disposable | undefined;
  #isLettingGo = false;
  /** How often anybody has. */
  #acquired = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  acquire(): void {
    this.#holders += 1;
    this.#acquired += 1;
    if (this.#timer === undefined) this.#hold();
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0 && !this.#isLettingGo) void this.#letGo();
  }

  /** Not at once: a reader in a loop waits again as soon as it has taken what it was given, and timers cost more than that. */
  async #letGo(): Promise<void> {
    this.#isLettingGo = true;
    for (let idle = 0, seen = this.#acquired; idle < patience; idle += 1) {
      await Promise.resolve();
      if (this.#acquired !== seen) [idle, seen] = [0, this.#acquired];
    }
    this.#isLettingGo = false;
    if (this.#holders > 0) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #hold(): void {
    this.#timer = this.#clock.schedule(stretchMs, () => this.#hold());
  }
}
