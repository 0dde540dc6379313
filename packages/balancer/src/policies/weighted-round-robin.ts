import { AliasTable } from './alias-table.ts';
import { KnownWeights } from './known-weights.ts';
import type { Candidate, Picker, PickerParts, Policy } from './policy.ts';

/** Turns by the golden section keep whatever is started with them apart from each other. */
const goldenSection = (Math.sqrt(5) - 1) / 2;

/**
 * Each as often as its weight says, in turns that are spread out. With whole weights of sum W, n · W picks between two changes give
 * each candidate exactly n times its weight, and all shares are close to that long before. A pick costs the same for any
 * number of candidates and any weights.
 */
export function weightedRoundRobin(): Policy {
  return {
    name: 'weightedRoundRobin',
    weights: 'followed',
    observes: 'nothing',
    createPicker: (parts) => new WeightedRoundRobin(parts),
  };
}

/** Figures of each column, side by side for one look at memory: its credit, how much that grows by in a round, and whose the column is otherwise. */
const figures = 3;
/** A share of a column, or of a turn, as a whole number: 32 bits, which run over at the whole. */
const whole = 2 ** 32;
/** No credit starts so near to the whole that rounding the shares moves a turn in the first thousands of rounds. */
const margin = 2 ** 16;

/**
 * Goes round the columns of an alias table. A column is its own candidate's whenever its credit, which grows by the candidate's share of the
 * column in each round, runs over; so after r rounds that has happened r times the share, give or take less than one. (Shares are rounded to
 * 2^-32, which adds up to one turn in four thousand million rounds.)
 */
class WeightedRoundRobin<C extends Candidate> implements Picker<C> {
  readonly #draws: PickerParts['draws'];
  readonly #weights: KnownWeights = new KnownWeights();
  #candidates: readonly C[] = [];
  #columns: Int32Array = new Int32Array(0);
  #at = 0;

  constructor({ draws }: PickerParts) {
    this.#draws = draws;
  }

  replace(candidates: readonly C[]): void {
    if (!this.#weights.differ(candidates)) return;
    const count = candidates.length;
    this.#at = this.#candidates.length === 0 ? this.#draws.below(count) : this.#at % Math.max(1, count);
    this.#candidates = candidates;
    const { height, own, other } = new AliasTable(candidates);
    const columns = new Int32Array(figures * count);
    const start = this.#draws.next();
    for (let column = 0; column < count; column += 1) {
      const place = figures * column;
      columns[place] = margin + ((start + column * goldenSection) % 1) * (whole - 2 * margin);
      // A whole column runs over to nothing, and stays with its candidate as its other one.
      columns[place + 1] = Math.round(((own[column] ?? 0) / height) * whole);
      columns[place + 2] = other[column] ?? 0;
    }
    this.#columns = columns;
  }

  pick(): C | undefined {
    const at = this.#at;
    const following = at + 1;
    this.#at = following < this.#candidates.length ? following : 0;
    const columns = this.#columns;
    const place = figures * at;
    const credit = columns[place] ?? 0;
    const share = columns[place + 1] ?? 0;
    const grown = (credit + share) | 0;
    columns[place] = grown;
    // All ones if it ran over, else none. Without a branch, which would be foretold wrongly half of the time.
    const isOwn = ((credit & share) | ((credit | share) & ~grown)) >> 31;
    return this.#candidates[(at & isOwn) | ((columns[place + 2] ?? 0) & ~isOwn)];
  }
}
