/** There are so many more bits of slots than of arcs: few slots have the end of an arc within. */
const spareBits = 2;
/** A table of 4 MB: beyond that, finding it in memory costs more than looking at another arc. */
const mostSlotBits = 20;

/**
 * The circle of 32-bit numbers, cut into arcs that have owners. A table over the upper bits of a number says whose it is, or, where an arc
 * ends within a slot of the table, from which arc on to look.
 */
export class Arcs {
  readonly #ends: Uint32Array;
  readonly #owners: Uint32Array;
  /** The owner of the whole slot, or ~ the first arc that ends in it. */
  readonly #slots: Int32Array;
  readonly #shift: number;

  /** @param ends the last number of each arc, in ascending order; what is above the last end belongs to the first arc */
  constructor(ends: Uint32Array, owners: Uint32Array) {
    this.#ends = ends;
    this.#owners = owners;
    const count = ends.length;
    const bits = Math.min(mostSlotBits, Math.ceil(Math.log2(count + 1)) + spareBits);
    this.#shift = 32 - bits;
    const slots = new Int32Array(2 ** bits);
    const width = 2 ** this.#shift;
    const first = owners[0] ?? 0;
    let arc = 0;
    for (let slot = 0; slot < slots.length; slot += 1) {
      const last = (slot + 1) * width - 1;
      const end = arc < count ? (ends[arc] ?? 0) : Infinity;
      if (end >= last) {
        slots[slot] = arc < count ? (owners[arc] ?? 0) : first;
        if (end === last) arc += 1;
        continue;
      }
      slots[slot] = ~arc;
      while (arc < count && (ends[arc] ?? 0) <= last) arc += 1;
    }
    this.#slots = slots;
  }

  /** How many arcs there are. */
  get count(): number {
    return this.#ends.length;
  }

  /** Who owns a number of 32 bits, signed or not; 0 where there is no arc. */
  ownerOf(number: number): number {
    const slot = this.#slots[number >>> this.#shift] ?? 0;
    return slot < 0 ? this.ownerAt(this.#from(~slot, number)) : slot;
  }

  /** The arc that a number is on. */
  arcOf(number: number): number {
    let [from, to] = [0, this.#ends.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#ends[middle] ?? 0) < number >>> 0) from = middle + 1;
      else to = middle;
    }
    return from < this.#ends.length ? from : 0;
  }

  /** Who owns an arc. */
  ownerAt(arc: number): number {
    return this.#owners[arc] ?? 0;
  }

  #from(arc: number, number: number): number {
    let at = arc;
    while (at < this.#ends.length && (this.#ends[at] ?? 0) < number >>> 0) at += 1;
    return at < this.#ends.length ? at : 0;
  }
}
