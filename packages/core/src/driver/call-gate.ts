/** Somebody who waits to call the backend. */
export interface Entrant {
  /** There is a place: call now, and `leave` once the call is over. */
  admitted(): void;
}

/** Renewals go first: they are what keeps entries alive (E3). */
export type CallLine = 'renewal' | 'other';

/** Bounds how many calls to the backend are in flight for one registry (E3). */
export class CallGate {
  readonly #limit: number;
  readonly #lines: Readonly<Record<CallLine, WaitingLine>> = { renewal: new WaitingLine(), other: new WaitingLine() };
  #inFlight = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Admits `entrant`, at once if there is a place, else in the order of its line. */
  enter(entrant: Entrant, line: CallLine): void {
    if (this.#inFlight < this.#limit) {
      this.#inFlight += 1;
      entrant.admitted();
    } else {
      this.#lines[line].push(entrant);
    }
  }

  /** `entrant` no longer wants a place. Whoever has one calls `leave` instead. @returns whether it was still waiting */
  withdraw(entrant: Entrant, line: CallLine): boolean {
    return this.#lines[line].withdraw(entrant);
  }

  /** One call is over, and its place goes to the next in line. */
  leave(): void {
    this.#inFlight -= 1;
    const next = this.#lines.renewal.shift() ?? this.#lines.other.shift();
    if (next === undefined) return;
    this.#inFlight += 1;
    next.admitted();
  }
}

/**
 * First in, first out, and anybody may leave. A `Set` would do the same and be slow: looking for its first member steps over
 * every place that has become free since it last grew, which with a hundred thousand waiting is most of the work.
 */
class WaitingLine {
  readonly #places = new Map<Entrant, number>();
  #entrants: (Entrant | undefined)[] = [];
  /** The place of the first in `#entrants`, counted since the line was made. */
  #gone = 0;
  #head = 0;

  push(entrant: Entrant): void {
    this.#places.set(entrant, this.#gone + this.#entrants.length);
    this.#entrants.push(entrant);
  }

  withdraw(entrant: Entrant): boolean {
    const place = this.#places.get(entrant);
    if (place === undefined) return false;
    this.#places.delete(entrant);
    this.#entrants[place - this.#gone] = undefined;
    return true;
  }

  shift(): Entrant | undefined {
    while (this.#head < this.#entrants.length) {
      const entrant = this.#entrants[this.#head];
      this.#entrants[this.#head] = undefined;
      this.#head += 1;
      if (this.#head * 2 >= this.#entrants.length) this.#dropGone();
      if (entrant === undefined) continue;
      this.#places.delete(entrant);
      return entrant;
    }
    return undefined;
  }

  #dropGone(): void {
    this.#gone += this.#head;
    this.#entrants = this.#entrants.slice(this.#head);
    this.#head = 0;
  }
}
