import type { Round } from './rounds.ts';
import { type Spread, spreadOf } from './spread.ts';

/** Ours against the baseline: how many times as much. */
export interface Ratio {
  readonly ratio: Spread;
  /** What one call took, in the unit of what was measured. */
  readonly ours: Spread;
  readonly baseline: Spread;
}

/**
 * One ratio for each round, and the spread of those. `summary` makes one figure of a round's calls: `median` leaves out what hits
 * a few calls only, such as a collection of garbage; `mean` has it in.
 */
export function ratioOf(rounds: readonly Round[], summary: (values: readonly number[]) => number): Ratio {
  const ours = rounds.map((round) => summary(round.ours));
  const baseline = rounds.map((round) => summary(round.baseline));
  return {
    ratio: spreadOf(ours.map((value, index) => value / (baseline[index] ?? Number.NaN))),
    ours: spreadOf(ours),
    baseline: spreadOf(baseline),
  };
}
