import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { poll } from '@rollcall/testing-servers';
import { bundled } from '../../../../testing/bundled.ts';

/** A program of these tests as a file that Node runs. */
export interface Program extends AsyncDisposable {
  start(parameters: readonly string[]): RunningProgram;
}

/** @param entry its source */
export async function programOf(entry: URL): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-provider-'));
  const file = join(folder, 'program.mjs');
  await writeFile(file, await bundled(entry));
  return {
    start: (parameters) => new RunningProgram(file, parameters),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** How a process ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly complaints: string;
}

/** One run of it, in a process of its own, which does not outlive its test. */
export class RunningProgram implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  #said = '';
  #complaints = '';

  constructor(file: string, parameters: readonly string[]) {
    this.#child = spawn(process.execPath, [file, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaints += text));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Waits for a line. @returns it whole */
  says(beginning: string): Promise<string> {
    return poll(() => this.#lines.find((line) => line.startsWith(beginning)), {
      what: `a process says ${beginning}; it said ${this.#said}${this.#complaints}`,
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async end(): Promise<ProgramEnd> {
    await this.#closed;
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, signal, lines: this.#lines, complaints: this.#complaints };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    await this.#closed;
  }

  /** Those that are complete. */
  get #lines(): readonly string[] {
    return this.#said.split('\n').slice(0, -1);
  }
}
