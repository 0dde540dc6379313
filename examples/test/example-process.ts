import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { poll } from '@rollcall/testing-servers';

/** How a process ended. */
export interface ExampleEnd {
  readonly exitCode: number | null;
  readonly output: string;
  readonly complaints: string;
}

/** A compiled program of the examples in a process of its own, which does not outlive its test. */
export class ExampleProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  #output = '';
  #complaints = '';

  /**
   * @param program below `dist`, such as `shop/main.js`
   * @param variables beside those of this process
   */
  constructor(program: string, variables: Readonly<Record<string, string>>) {
    const file = fileURLToPath(new URL(`../dist/${program}`, import.meta.url));
    const env = { ...process.env, ...variables };
    this.#child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaints += text));
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  async tells(what: string): Promise<void> {
    await poll(() => this.#output.includes(what) || undefined, {
      what: `a process tells "${what}"; it told ${this.#output}${this.#complaints}`,
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async end(): Promise<ExampleEnd> {
    await this.#closed;
    return { exitCode: this.#child.exitCode, output: this.#output, complaints: this.#complaints };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    await this.#closed;
  }
}
