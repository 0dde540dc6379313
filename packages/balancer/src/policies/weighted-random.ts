import type { Draws } from '../draws.ts';
import { AliasTable } from './alias-table.ts';
import { KnownWeights } from './known-weights.ts';
import type { Candidate, Picker, PickerParts, Policy } from './policy.ts';

/**
 * Each with the probability that its weight says, whatever was picked before. Callers never fall into step; round robin is more
 * even for one caller.
 */
export function weightedRandom(): Policy {
  return {
    name: 'weightedRandom',
    weights: 'followed',
    observes: 'nothing',
    createPicker: (parts) => new WeightedRandom(parts),
  };
}

class WeightedRandom<C extends Candidate> implements Picker<C> {
  readonly #drawn: DrawnCandidates<C>;

  constructor({ draws }: PickerParts) {
    this.#drawn = new DrawnCandidates(draws);
  }

  replace(candidates: readonly C[]): void {
    this.#drawn.replace(candidates);
  }

  pick(): C | undefined {
    return this.#drawn.at(this.#drawn.next());
  }
}

/** How often another one than the first is drawn. A neighbour at once would be chosen too often where few have most of the weight. */
const attemptsAtAnother = 4;

/** A share of a column as a whole number, small enough for one to be taken from another. */
const whole = 2 ** 30;

/** Candidates that are drawn by weight. */
export class DrawnCandidates<C extends Candidate> {
  readonly #draws: Draws;
  readonly #weights: KnownWeights = new KnownWeights();
  #candidates: readonly C[] = [];
  /** For each column of an alias table its own part, and whose it is otherwise: side by side, for one look at memory. */
  #columns: Int32Array = new Int32Array(0);
  /** There are 2^columnBits columns, so that the upper bits of a number are one. */
  #columnBits = 1;

  constructor(draws: Draws) {
    this.#draws = draws;
  }

  /** @returns whether they are others than before, or weigh more or less */
  replace(candidates: readonly C[]): boolean {
    this.#candidates = candidates;
    if (!this.#weights.differ(candidates)) return false;
    this.#columnBits = Math.max(1, Math.ceil(Math.log2(candidates.length)));
    const count = 2 ** this.#columnBits;
    const { height, own, other } = new AliasTable(candidates, count);
    const columns = new Int32Array(2 * count);
    for (let column = 0; column < count; column += 1) {
      columns[2 * column] = ((own[column] ?? 0) / height) * whole;
      columns[2 * column + 1] = other[column] ?? 0;
    }
    this.#columns = columns;
    return true;
  }

  at(index: number): C | undefined {
    return this.#candidates[index];
  }

  /** The index of one. */
  next(): number {
    const bits = this.#draws.bits();
    const columnBits = this.#columnBits;
    const column = bits >>> (32 - columnBits);
    // What is left of the bits is how far up the column.
    const level = (bits << columnBits) >>> 2;
    const columns = this.#columns;
    // All ones if it is the column's own, else none. Without a branch, which would be foretold wrongly half of the time.
    const isOwn = (level - (columns[2 * column] ?? 0)) >> 31;
    return (column & isOwn) | ((columns[2 * column + 1] ?? 0) & ~isOwn);
  }

  /** The index of another one than `index`, by weight; where it keeps coming up, its neighbour. */
  otherThan(index: number): number {
    for (let attempt = 0; attempt < attemptsAtAnother; attempt += 1) {
      const other = this.next();
      if (other !== index) return other;
    }
    return index + 1 < this.#candidates.length ? index + 1 : 0;
  }
}
