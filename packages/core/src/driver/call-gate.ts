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
  readonly #lines: Readonly<Record<CallLine, Set<Entrant>>> = { renewal: new Set(), other: new Set() };
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
      this.#lines[line].add(entrant);
    }
  }

  /** `entrant` no longer wants a place. Whoever has one calls `leave` instead. @returns whether it was still waiting */
  withdraw(entrant: Entrant, line: CallLine): boolean {
    return this.#lines[line].delete(entrant);
  }

  /** One call is over, and its place goes to the next in line. */
  leave(): void {
    this.#inFlight -= 1;
    const next = first(this.#lines.renewal) ?? first(this.#lines.other);
    if (next === undefined) return;
    this.#lines.renewal.delete(next);
    this.#lines.other.delete(next);
    this.#inFlight += 1;
    next.admitted();
  }
}

function first<T>(waiting: ReadonlySet<T>): T | undefined {
  for (const one of waiting) return one;
  return undefined;
}
