import type { Candidate } from './policy.ts';

/** The candidates and weights that a table was made for, so that it is not made anew where neither has changed. */
export class KnownWeights {
  #candidates: readonly Candidate[] = [];
  #weights: Float64Array = new Float64Array(0);

  /** Whether these are others than the last ones, which they are from now on. */
  differ(candidates: readonly Candidate[]): boolean {
    const [former, weights] = [this.#candidates, this.#weights];
    this.#candidates = candidates;
    let at = 0;
    while (at < candidates.length && candidates[at] === former[at] && candidates[at]?.weight === weights[at]) at += 1;
    if (at === candidates.length && at === former.length) return false;
    this.#weights = new Float64Array(candidates.length);
    for (const [index, { weight }] of candidates.entries()) this.#weights[index] = weight;
    return true;
  }
}
