/**
 * Random numbers for picks, at a fraction of what Math.random costs: a Weyl sequence, each number of it mixed by two multiplications, as
 * one leaves pairs that depend on each other. Not for secrets.
 */
export class Draws {
  /** With a number from the start: V8 would keep a field that was once undefined as an object, and make a new one for each number. */
  #state: number = 0;

  /** @param random in [0, 1); read once. With 0 the first number is 0 */
  constructor(random: () => number) {
    this.#state = Math.floor(random() * 0x1_0000_0000) | 0;
  }

  /** 32 of them as a whole number, signed. */
  bits(): number {
    const state = this.#state;
    this.#state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21_f0_aa_ad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x73_5a_2d_97);
    return mixed ^ (mixed >>> 15);
  }

  /** In [0, 1), in steps of 2^-32. */
  next(): number {
    return (this.bits() >>> 0) * 2 ** -32;
  }

  /** A whole number from 0, less than `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }
}
