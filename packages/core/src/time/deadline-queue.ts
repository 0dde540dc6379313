import type { Clock } from './clock.ts';
import { FarPlaces } from './far-places.ts';
import { InstantHeap } from './instant-heap.ts';
import type { Sleeper } from './sleeper.ts';

/** Most sleepers woken in one turn of the event loop, so that a million that fall due together block nobody. */
const wakesPerTurn = 1_024;

/** Most places looked at in one turn that have just come near. */
const looksPerTurn = 8_192;

/**
 * No more is begun in a turn that has taken so long, in milliseconds. Memory that nobody has touched for a while may take a
 * hundred times as long as usual to reach, so that counting alone bounds nothing.
 */
const longTurnMs = 3;

/** After so many the clock is looked at. */
const wakesPerLook = 32;

/** Dead places are swept out when there are more of them than this, and than living ones. */
const sweepAbove = 1_024;

/**
 * Any number of deadlines on one timer. Moving a deadline further off, which is what renewing does, costs one write: the
 * sleeper keeps its place and is put back when it surfaces. Only an earlier deadline takes a new place.
 *
 * Whoever is due soon stands in a heap, all others by the span of time in which they are.
 */
export class DeadlineQueue {
  readonly #clock: Clock;
  readonly #background: boolean;
  readonly #near = new InstantHeap<Sleeper>();
  readonly #far = new FarPlaces();
  /** Before it everybody stands near, from it on far. */
  #nearUntil = -Infinity;
  #awake = 0;
  #timer: Disposable | undefined;
  #timerAt = Infinity;
  #isTurning = false;

  /** @param options.background whether the queue's timer alone may let the process exit (C4). */
  constructor(clock: Clock, options: { readonly background: boolean }) {
    this.#clock = clock;
    this.#background = options.background;
  }

  /** Whether somebody may be due who has not been woken yet: the timer is late, or too many fell due in one turn. */
  get isBehind(): boolean {
    return this.#firstInstant <= this.#clock.now();
  }

  /** Wakes `sleeper` at `dueAt`, and not when it was due before. */
  set(sleeper: Sleeper, dueAt: number): void {
    if (sleeper.dueAt === Infinity) this.#awake += 1;
    sleeper.dueAt = dueAt;
    if (dueAt >= sleeper.queuedAt) return;
    this.#sweep();
    this.#place(sleeper, dueAt);
    this.#arm();
  }

  /** `sleeper` is not woken any more. */
  cancel(sleeper: Sleeper): void {
    if (sleeper.dueAt === Infinity) return;
    sleeper.dueAt = Infinity;
    this.#awake -= 1;
    if (this.#awake === 0) this.#clear();
  }

  get #firstInstant(): number {
    return Math.min(this.#near.firstInstant, this.#far.firstInstant);
  }

  #place(sleeper: Sleeper, instant: number): void {
    sleeper.queuedAt = instant;
    if (instant < this.#nearUntil) this.#near.push(sleeper, instant);
    else this.#far.push(sleeper, instant);
  }

  /** Nobody waits: let go of the places that cancelled sleepers left, and of the timer, which would keep the process alive. */
  #clear(): void {
    this.#takePlaces();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #sweep(): void {
    const dead = this.#near.size + this.#far.size - this.#awake;
    if (dead <= sweepAbove || dead <= this.#awake) return;
    for (const sleeper of this.#takePlaces()) this.#place(sleeper, sleeper.dueAt);
  }

  /** Nobody has a place any more. @returns who waits */
  #takePlaces(): ReadonlySet<Sleeper> {
    const waiting = new Set<Sleeper>();
    for (const places of [this.#near.items, this.#far.sleepers()])
      for (const sleeper of places) {
        sleeper.queuedAt = Infinity;
        if (sleeper.dueAt !== Infinity) waiting.add(sleeper);
      }
    this.#near.clear();
    this.#far.clear();
    return waiting;
  }

  #arm(): void {
    const first = this.#firstInstant;
    if (this.#isTurning || first >= this.#timerAt) return;
    this.#timer?.[Symbol.dispose]();
    this.#timerAt = first;
    const delayMs = Math.max(0, first - this.#clock.now());
    this.#timer = this.#clock.schedule(delayMs, () => this.#turn(), { background: this.#background });
  }

  #turn(): void {
    this.#timer = undefined;
    this.#timerAt = Infinity;
    this.#isTurning = true;
    try {
      const now = this.#clock.now();
      this.#bringNear(now);
      this.#wakeDue(now);
    } finally {
      this.#isTurning = false;
      if (this.#awake === 0) this.#clear();
      else this.#arm();
    }
  }

  /** Those whose time has come go into the heap; who has moved meanwhile goes where it is now. */
  #bringNear(now: number): void {
    for (
      let left = looksPerTurn;
      left > 0 && this.#far.firstInstant <= now && !this.#hasEnough(now) && !this.#isLong(now);
    ) {
      this.#nearUntil = this.#far.firstEnd;
      const before = this.#far.size;
      const sleepers = this.#far.takeFirst(Math.min(left, wakesPerTurn));
      left -= before - this.#far.size;
      for (const sleeper of sleepers) {
        if (sleeper.dueAt === Infinity) sleeper.queuedAt = Infinity;
        else this.#place(sleeper, sleeper.dueAt);
      }
    }
  }

  /** Whether there are as many to wake as a turn takes: all who are near are due once the first span of the far ones is over. */
  #hasEnough(now: number): boolean {
    return this.#near.size >= wakesPerTurn && this.#far.firstEnd <= now;
  }

  #isLong(startedAt: number): boolean {
    return this.#clock.now() - startedAt >= longTurnMs;
  }

  #wakeDue(now: number): void {
    for (let woken = 0; woken < wakesPerTurn && this.#near.firstInstant <= now;) {
      const instant = this.#near.firstInstant;
      const sleeper = this.#near.pop();
      if (sleeper.queuedAt !== instant) continue; // it has moved to an earlier place since, and this one is dead
      sleeper.queuedAt = Infinity;
      if (sleeper.dueAt === Infinity) continue;
      if (sleeper.dueAt > now) {
        this.#place(sleeper, sleeper.dueAt);
        continue;
      }
      sleeper.dueAt = Infinity;
      this.#awake -= 1;
      woken += 1;
      sleeper.wake(now);
      if (woken % wakesPerLook === 0 && this.#isLong(now)) break;
    }
  }
}
