import type { Candidate } from './policy.ts';

/**
 * Weights cut into columns, one for each candidate, and more of nobody's own where that is asked for, all of the same height, the sum of the weights. A column belongs to its own candidate up
 * to `own`, and to one `other` above that (Vose's alias method). Whoever meets all columns equally often, and all heights of
 * each, meets each candidate in proportion to its weight, and looks at one column for it.
 *
 * With whole weights every figure is a whole number below 2^53, so that nothing is lost to rounding.
 */
export class AliasTable {
  readonly height: number;
  readonly own: Float64Array;
  readonly other: Uint32Array;

  /** @param columns at least as many as there are candidates */
  constructor(candidates: readonly Candidate[], columns: number = candidates.length) {
    const count = columns;
    this.own = new Float64Array(count);
    this.other = new Uint32Array(count);
    let height = 0;
    for (const { weight } of candidates) height += weight;
    this.height = height;

    /** Small ones from the left, large ones from the right: together they are never more than there are. */
    const waiting = new Uint32Array(count);
    let small = 0;
    let large = count;
    const sort = (index: number): void => {
      if ((this.own[index] ?? 0) < height) waiting[small++] = index;
      else waiting[--large] = index;
    };
    for (let index = 0; index < count; index += 1) {
      this.own[index] = (candidates[index]?.weight ?? 0) * count;
      this.other[index] = index;
      sort(index);
    }
    while (small > 0 && large < count) {
      const poor = waiting[--small] ?? 0;
      const rich = waiting[large++] ?? 0;
      this.other[poor] = rich;
      this.own[rich] = (this.own[rich] ?? 0) - (height - (this.own[poor] ?? 0));
      sort(rich);
    }
  }
}
