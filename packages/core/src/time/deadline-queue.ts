import type { Clock } from './clock.ts';

/** Something that wants to be woken at an instant. The queue owns these two fields; others only read them. */
export interface Sleeper {
  /** When it is to be woken, on the queue's clock; `Infinity` while it is not. */
  dueAt: number;
  /** When it stands in the queue, never later than `dueAt`; `Infinity` while it does not. */
  queuedAt: number;
  /** Called once at `dueAt` or later, with the present instant. */
  wake(now: number): void;
}

/** Most sleepers woken in one turn of the event loop, so that a million that fall due together block nobody. */
const wakesPerTurn = 1_024;

/** Dead places are swept out when there are more of them than this, and than living ones. */
const sweepAbove = 1_024;

/**
 * Any number of deadlines on one timer. Moving a deadline further off, which is what renewing does, costs one write: the
 * sleeper keeps its place and is put back when it surfaces. Only an earlier deadline takes a new place in the heap.
 */
export class DeadlineQueue {
  readonly #clock: Clock;
  readonly #background: boolean;
  /** A heap with four children to a node, by instant: the instants, and beside them who stands there. */
  #instants = new Float64Array(64);
  readonly #sleepers: Sleeper[] = [];
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
    return this.#sleepers.length > 0 && (this.#instants[0] ?? Infinity) <= this.#clock.now();
  }

  /** Wakes `sleeper` at `dueAt`, and not when it was due before. */
  set(sleeper: Sleeper, dueAt: number): void {
    if (sleeper.dueAt === Infinity) this.#awake += 1;
    sleeper.dueAt = dueAt;
    if (dueAt >= sleeper.queuedAt) return;
    this.#sweep();
    this.#push(sleeper, dueAt);
    this.#arm();
  }

  /** `sleeper` is not woken any more. */
  cancel(sleeper: Sleeper): void {
    if (sleeper.dueAt === Infinity) return;
    sleeper.dueAt = Infinity;
    this.#awake -= 1;
    if (this.#awake === 0) this.#clear();
  }

  /** Nobody waits: let go of the places that cancelled sleepers left, and of the timer, which would keep the process alive. */
  #clear(): void {
    for (const sleeper of this.#sleepers) sleeper.queuedAt = Infinity;
    this.#sleepers.length = 0;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #sweep(): void {
    const dead = this.#sleepers.length - this.#awake;
    if (dead <= sweepAbove || dead <= this.#awake) return;
    const waiting = new Set(this.#sleepers.filter((sleeper) => sleeper.dueAt !== Infinity));
    for (const sleeper of this.#sleepers) sleeper.queuedAt = Infinity;
    this.#sleepers.length = 0;
    for (const sleeper of waiting) this.#push(sleeper, sleeper.dueAt);
  }

  #arm(): void {
    const first = this.#sleepers.length > 0 ? (this.#instants[0] ?? Infinity) : Infinity;
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
      this.#wakeDue(this.#clock.now());
    } finally {
      this.#isTurning = false;
      if (this.#awake === 0) this.#clear();
      else this.#arm();
    }
  }

  #wakeDue(now: number): void {
    for (let woken = 0; woken < wakesPerTurn;) {
      const first = this.#instants[0] ?? Infinity;
      if (this.#sleepers.length === 0 || first > now) break;
      const sleeper = this.#pop();
      if (sleeper.queuedAt !== first) continue; // it has moved to an earlier place since, and this one is dead
      sleeper.queuedAt = Infinity;
      if (sleeper.dueAt === Infinity) continue;
      if (sleeper.dueAt > now) {
        this.#push(sleeper, sleeper.dueAt);
        continue;
      }
      sleeper.dueAt = Infinity;
      this.#awake -= 1;
      woken += 1;
      sleeper.wake(now);
    }
  }

  #push(sleeper: Sleeper, instant: number): void {
    sleeper.queuedAt = instant;
    let index = this.#sleepers.length;
    if (index === this.#instants.length) {
      const grown = new Float64Array(index * 2);
      grown.set(this.#instants);
      this.#instants = grown;
    }
    this.#sleepers.push(sleeper);
    while (index > 0) {
      const parent = (index - 1) >> 2;
      const above = this.#instants[parent] ?? 0;
      if (above <= instant) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#instants[index] = instant;
    this.#sleepers[index] = sleeper;
  }

  /** Takes the first. There is one. */
  #pop(): Sleeper {
    const first = this.#sleepers[0];
    const last = this.#sleepers.pop();
    if (first === undefined || last === undefined) throw new RangeError('pop of an empty deadline queue');
    const length = this.#sleepers.length;
    if (length === 0) return first;
    const instant = this.#instants[length] ?? 0;
    let index = 0;
    for (;;) {
      const child = this.#earliestChild(index, length);
      if (child === undefined || (this.#instants[child] ?? 0) >= instant) break;
      this.#move(child, index);
      index = child;
    }
    this.#instants[index] = instant;
    this.#sleepers[index] = last;
    return first;
  }

  #earliestChild(index: number, length: number): number | undefined {
    const from = index * 4 + 1;
    if (from >= length) return undefined;
    const to = Math.min(from + 4, length);
    let earliest = from;
    for (let child = from + 1; child < to; child += 1)
      if ((this.#instants[child] ?? 0) < (this.#instants[earliest] ?? 0)) earliest = child;
    return earliest;
  }

  #move(from: number, to: number): void {
    const sleeper = this.#sleepers[from];
    if (sleeper === undefined) return;
    this.#instants[to] = this.#instants[from] ?? 0;
    this.#sleepers[to] = sleeper;
  }
}
