import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of its own that answers questions, one after the other. Disposing ends it. */
export class Child<Question extends object, Answer> implements AsyncDisposable {
  readonly #process: ChildProcess;

  /** @param file a compiled module beside this one, which reads its task from the command line */
  constructor(file: string, task: object = {}) {
    this.#process = fork(new URL(file, import.meta.url), [JSON.stringify(task)]);
  }

  /** @throws Error if the process ends instead of answering */
  async ask(question: Question): Promise<Answer> {
    const over = new AbortController();
    const { signal } = over;
    const exit = once(this.#process, 'exit', { signal }).then(([code, by]) => {
      throw new Error(`the process has ended and not answered: ${code ?? by}`);
    });
    try {
      this.#process.send(question);
      const [answer] = await Promise.race([once(this.#process, 'message', { signal }), exit]);
      return answer;
    } finally {
      exit.catch(() => undefined); // given up
      over.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.disconnect();
    await exit;
  }
}
