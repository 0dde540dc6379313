/** What became of one long text: in hand, parsed, and made something of. Milliseconds. */
export interface Gauged {
  /** From the text in hand until its reader had made something of it, the parsing included. */
  readonly ours: number;
  /** `JSON.parse` of the same text, and nothing else. */
  readonly baseline: number;
  /** The same two by the CPU of this process. */
  readonly cpu: { readonly ours: number; readonly baseline: number };
}

/** Shorter texts are none that is meant. */
const leastLength = 100_000;

interface Reading {
  readonly text: string;
  readonly startedAt: Moment;
  readonly baseline: Span | undefined;
}

/**
 * Stands before `JSON.parse` of this process, to take the moment at which somebody begins to parse a long text: the text is in hand
 * then, and nothing has been made of it. It times a `JSON.parse` of its own of that very text, before the reader's own one or after the
 * reader is done: whichever goes second finds the text and the names of its fields warm.
 */
export class ParseGauge implements Disposable {
  readonly #parse: typeof JSON.parse = JSON.parse.bind(JSON);
  readonly #former: typeof JSON.parse = JSON.parse;
  #baselineGoes: 'first' | 'second' | undefined;
  #reading: Reading | undefined;

  constructor() {
    JSON.parse = (text: string, reviver?: Parameters<typeof JSON.parse>[1]): unknown => {
      if (this.#baselineGoes !== undefined && text.length >= leastLength) {
        const baseline = this.#baselineGoes === 'first' ? this.#timed(text) : undefined;
        this.#reading = { text, baseline, startedAt: moment() };
      }
      return this.#parse(text, reviver);
    };
  }

  /** Gauges the long text that is parsed last before `done`. */
  arm(baselineGoes: 'first' | 'second'): void {
    this.#baselineGoes = baselineGoes;
  }

  /** To be called as soon as something has been made of it, which was at `readAt`. */
  done(readAt: number): Gauged {
    const { cpu } = moment();
    if (this.#reading === undefined) throw new Error('nothing was parsed that is long enough');
    const { text, startedAt, baseline = this.#timed(text) } = this.#reading;
    this.#reading = undefined;
    this.#baselineGoes = undefined;
    const ours = span(startedAt, { at: readAt, cpu });
    return { ours: ours.ms, baseline: baseline.ms, cpu: { ours: ours.cpuMs, baseline: baseline.cpuMs } };
  }

  [Symbol.dispose](): void {
    JSON.parse = this.#former;
  }

  #timed(text: string): Span {
    const startedAt = moment();
    this.#parse(text);
    return span(startedAt, moment());
  }
}

interface Moment {
  readonly at: number;
  readonly cpu: NodeJS.CpuUsage;
}

interface Span {
  readonly ms: number;
  readonly cpuMs: number;
}

function moment(): Moment {
  return { at: performance.now(), cpu: process.cpuUsage() };
}

function span(from: Moment, to: Moment): Span {
  const cpuUs = to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system;
  return { ms: to.at - from.at, cpuMs: cpuUs / 1_000 };
}
