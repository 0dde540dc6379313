/** Draws owner tokens: random across registries, counted within one. */
export class OwnerTokens {
  readonly #registry: string;
  #count = 0;

  /** @param random drawn from once, for around 120 bits */
  constructor(random: () => number) {
    this.#registry = Array.from({ length: 4 }, () => Math.floor(random() * 2 ** 30).toString(36)).join('');
  }

  /** In characters that any backend takes: `[0-9a-z-]`. */
  next(): string {
    return `${this.#registry}-${(this.#count++).toString(36)}`;
  }
}
