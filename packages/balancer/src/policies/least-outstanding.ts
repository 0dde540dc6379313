import type { Candidate, Picker, PickerParts, Policy } from './policy.ts';
import { DrawnCandidates } from './weighted-random.ts';

/**
 * Of two that are drawn by weight, the one with fewer calls under way for its weight (power of two choices). Without load the shares
 * are those of the weights; under load the calls under way even out, and a slow instance gets fewer. It learns from `acquire` and
 * `done`; with `pick` alone it is `weightedRandom`.
 */
export function leastOutstanding(): Policy {
  return {
    name: 'leastOutstanding',
    weights: 'followed',
    observes: 'nothing',
    createPicker: (parts) => new LeastOutstanding(parts),
  };
}

class LeastOutstanding<C extends Candidate> implements Picker<C> {
  readonly #drawn: DrawnCandidates<C>;

  constructor({ draws }: PickerParts) {
    this.#drawn = new DrawnCandidates(draws);
  }

  replace(candidates: readonly C[]): void {
    this.#drawn.replace(candidates);
  }

  pick(): C | undefined {
    const index = this.#drawn.next();
    const one = this.#drawn.at(index);
    if (one === undefined || one.inFlight === 0) return one;
    const other = this.#drawn.at(this.#drawn.otherThan(index));
    // The first drawn keeps a draw, since it alone is drawn exactly by weight.
    return other !== undefined && other.inFlight * one.weight < one.inFlight * other.weight ? other : one;
  }
}
