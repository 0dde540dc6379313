/** Draws owner tokens: random across registries, and counted, so that two of one registry differ whatever `random` gives. */
export class OwnerTokens {
  readonly #random: () => number;
  #count = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Around 120 random bits and a count, in characters that any backend takes: `[0-9a-z-]`. */
  next(): string {
    const random = Array.from({ length: 4 }, () => Math.floor(this.#random() * 2 ** 30).toString(36));
    return `${random.join('')}-${(this.#count++).toString(36)}`;
  }
}
