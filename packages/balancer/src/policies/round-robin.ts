import type { Candidate, Picker, PickerParts, Policy } from './policy.ts';

/**
 * Each in turn, whatever its weight: of n candidates, each is picked exactly once in any n picks between two changes. It starts at a
 * random place, so that many callers that start together do not all call the same one.
 */
export function roundRobin(): Policy {
  return {
    name: 'roundRobin',
    weights: 'ignored',
    observes: 'nothing',
    createPicker: (parts) => new RoundRobin(parts),
  };
}

class RoundRobin<C extends Candidate> implements Picker<C> {
  readonly #draws: PickerParts['draws'];
  #candidates: readonly C[] = [];
  #at = 0;

  constructor({ draws }: PickerParts) {
    this.#draws = draws;
  }

  replace(candidates: readonly C[]): void {
    const count = candidates.length;
    // While there is nobody there is no place to draw.
    if (count > 0) this.#at = this.#candidates.length === 0 ? this.#draws.below(count) : this.#at % count;
    this.#candidates = candidates;
  }

  pick(): C | undefined {
    const at = this.#at;
    const following = at + 1;
    this.#at = following < this.#candidates.length ? following : 0;
    return this.#candidates[at];
  }
}
