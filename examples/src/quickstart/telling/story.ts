import type { Look, Paint } from './paint.ts';

/** As wide as the lines are meant to be. */
const width = 96;

/** Who speaks in which colour. */
const voices: Readonly<Record<string, Look>> = {
  consumer: 'cyan',
  caller: 'cyan',
  ada: 'green',
  bob: 'yellow',
  cleo: 'magenta',
  dan: 'blue',
};

/** Tells what happens as it happens, one line each: when, who, what. Plain lines, so that it reads the same from a file. */
export class Story {
  readonly #write: (line: string) => void;
  readonly #paint: Paint;
  readonly #sinceStartMs: () => number;

  constructor(write: (line: string) => void, paint: Paint, sinceStartMs: () => number) {
    this.#write = write;
    this.#paint = paint;
    this.#sinceStartMs = sinceStartMs;
  }

  title(text: string): void {
    this.#write(this.#paint('bold', text));
  }

  scene(title: string): void {
    this.#write('');
    this.#write(
      this.#paint('bold', `── ${title} `) + this.#paint('dim', '─'.repeat(Math.max(0, width - title.length - 4))),
    );
  }

  tell(who: string, what: string): void {
    const time = `${(this.#sinceStartMs() / 1_000).toFixed(3)} s`.padStart(9);
    this.#write(`${this.#paint('dim', time)}  ${this.#named(who)}  ${what}`);
  }

  /** Something beside the story, under the same columns. */
  aside(what: string, text: string): void {
    this.#write(this.#paint('dim', `${' '.repeat(11)}${what.padEnd(8)}  ${text}`));
  }

  /** The first line is a heading. */
  table([heading, ...rows]: readonly string[]): void {
    this.#write(this.#paint('dim', `  ${heading ?? ''}`));
    for (const row of rows) this.#write(`  ${row}`);
  }

  verdict({
    promise,
    held,
    measured,
  }: {
    readonly promise: string;
    readonly held: boolean;
    readonly measured: string;
  }): void {
    const mark = held ? this.#paint('green', '✓') : this.#paint('red', '✗');
    this.#write(`  ${mark} ${promise}`);
    this.#write(this.#paint(held ? 'dim' : 'red', `    ${measured}`));
  }

  ending(held: boolean, text: string): void {
    this.#write('');
    this.#write(this.#paint('bold', this.#paint(held ? 'green' : 'red', text)));
  }

  #named(who: string): string {
    const look = voices[who];
    const name = who.padEnd(8); // padded first: colours have a length of their own
    return look === undefined ? name : this.#paint(look, name);
  }
}
