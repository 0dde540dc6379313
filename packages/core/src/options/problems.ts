/**
 * Gathers what is wrong, so that it is told at once. Only misuse is gathered, which is a `TypeError`; whatever else is thrown
 * passes through.
 */
export class Problems {
  readonly #found: TypeError[] = [];

  /** What `attempt` returns; `undefined` if it throws misuse, which is kept. */
  attempt<Value>(attempt: () => Value): Value | undefined {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.add(error);
      return undefined;
    }
  }

  /** Keeps `error`, or each of those it is made of. */
  add(error: TypeError): void {
    this.#found.push(...(error instanceof GatheredErrors ? error.gathered : [error]));
  }

  /** Hands what was found, if anything, to whoever gathers further out. @throws TypeError that `add` takes apart again */
  passOn(): void {
    if (this.#found.length > 0) throw new GatheredErrors(this.#found);
  }

  /** @throws TypeError as `gathered`. Nothing, if nothing was found. */
  throwIfAny(): void {
    if (this.#found.length > 0) throw this.gathered();
  }

  /** The one that was found, or one that has a line for each. */
  gathered(): TypeError {
    const [first, ...others] = this.#found;
    if (first !== undefined && others.length === 0) return first;
    const lines = this.#found.map((error) => `\n  ${error.message}`);
    const withCause = this.#found.find((error) => error.cause !== undefined);
    return new TypeError(
      `${lines.length} options are wrong:${lines.join('')}`,
      withCause && { cause: withCause.cause },
    );
  }
}

/** Never leaves these files. */
class GatheredErrors extends TypeError {
  readonly gathered: readonly TypeError[];

  constructor(gathered: readonly TypeError[]) {
    super('several are wrong');
    this.gathered = gathered;
  }
}
