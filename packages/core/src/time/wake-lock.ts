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
  /** How often anybody has acquired it. */
  #acquired = 0;
  #isLettingGo = false;
  /** How often anybody had when it was last looked at, and how many turns nobody has since. */
  #seen = 0;
  #idle = 0;
  readonly #turn: Promise<void> = Promise.resolve();
  /** One function for all turns: a reader in a loop comes by with each change. */
  readonly #look = (): void => this.#letGoUnlessHeld();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  acquire(): void {
    this.#holders += 1;
    this.#acquired += 1;
    if (this.#timer === undefined) this.#hold();
  }

  /** Not let go of at once: a reader in a loop waits again as soon as it has taken what it was given, and timers cost more than that. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0 || this.#isLettingGo) return;
    this.#isLettingGo = true;
    this.#seen = this.#acquired;
    this.#idle = 0;
    void this.#turn.then(this.#look);
  }

  #letGoUnlessHeld(): void {
    if (this.#acquired === this.#seen) this.#idle += 1;
    else this.#idle = 0;
    this.#seen = this.#acquired;
    this.#isLettingGo = this.#holders === 0 && this.#idle < patience;
    if (this.#isLettingGo) {
      void this.#turn.then(this.#look);
    } else if (this.#holders === 0) {
      this.#timer?.[Symbol.dispose]();
      this.#timer = undefined;
    }
  }

  #hold(): void {
    this.#timer = this.#clock.schedule(stretchMs, () => this.#hold());
  }
}
