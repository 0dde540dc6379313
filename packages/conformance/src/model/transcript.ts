/** What a program did and what came of it, in the order in which it happened: printed only when a promise was broken. */
export class Transcript {
  readonly #now: () => number;
  readonly #lines: string[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A command of the program. */
  command(line: string): void {
    this.#lines.push(`${this.#stamp()}  ${line}`);
  }

  /** Something that came of it. */
  event(line: string): void {
    this.#lines.push(`${this.#stamp()}      · ${line}`);
  }

  toString(): string {
    return this.#lines.join('\n');
  }

  #stamp(): string {
    return `${Math.round(this.#now() * 10) / 10}`.padStart(9);
  }
}
