import { expect } from 'vitest';
import type { Program, RunningProgram } from '../../../provider/test/processes/program.ts';

/** Providers of `orders`, each a process of its own. */
export class Fleet implements AsyncDisposable {
  readonly #program: Program;
  readonly #url: string;
  readonly #running = new Map<string, RunningProgram>();

  constructor(program: Program, url: string) {
    this.#program = program;
    this.#url = url;
  }

  /** Starts one for each id. Resolves when all are up. */
  async add(...ids: readonly string[]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        const one = this.#program.start([this.#url, id]);
        this.#running.set(id, one);
        await one.says('up');
      }),
    );
  }

  /** As an orchestrator would. */
  async end(id: string): Promise<void> {
    this.#of(id).kill('SIGTERM');
    expect(await this.#of(id).end()).toMatchObject({ code: 0, signal: null, complaints: '' });
    this.#running.delete(id);
  }

  /** Resolves when it is gone. */
  async crash(id: string): Promise<void> {
    this.#of(id).kill('SIGKILL');
    await this.#of(id).end();
    this.#running.delete(id);
  }

  /** It tells the registry that it wants no more calls. */
  drain(id: string): void {
    this.#of(id).kill('SIGUSR2');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map((one) => one[Symbol.asyncDispose]()));
  }

  #of(id: string): RunningProgram {
    const one = this.#running.get(id);
    if (one === undefined) throw new Error(`No provider ${id} runs.`);
    return one;
  }
}
