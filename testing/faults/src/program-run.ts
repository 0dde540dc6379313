import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { poll } from '@rollcall/testing-servers';
import { expect } from 'vitest';

/** How long closing took, and how long it took until the process was gone. */
export interface Ending {
  readonly closedMs: number;
  readonly goneMs: number;
}

/**
 * A run of a program, in a process of its own. It says how far it is, closes its registry when it is told to, and says then how long
 * that took: `closed in 1 ms, gone in 2 ms`.
 */
export class ProgramRun implements Disposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  #said = '';

  /** @param program its file; @param parameters what it is told */
  constructor(program: string, parameters: readonly string[]) {
    this.#child = spawn(execPath, [program, ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
  }

  /** All of it so far. */
  get said(): string {
    return this.#said;
  }

  async says(word: string): Promise<void> {
    await poll(() => this.#said.includes(word) || undefined, { what: `it says ${word}` });
  }

  /** Tells it what it waits for. */
  tell(): void {
    this.#child.stdin.end('go on\n');
  }

  /** Tells it to close, and waits for its end. */
  async close(): Promise<Ending> {
    const exited = once(this.#child, 'close');
    this.tell();
    expect(await exited).toEqual([0, null]);
    const [, closed, gone] = /closed in ([\d.]+) ms, gone in ([\d.]+) ms/.exec(this.#said) ?? [];
    return { closedMs: Number(closed), goneMs: Number(gone) };
  }

  /** Whether it has ended by itself. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
