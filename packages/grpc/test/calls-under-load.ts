import type { ClientOptions, ClientUnaryCall, ServiceError } from '@grpc/grpc-js';
import { poll } from '@rollcall/testing-servers';
import { Caller } from './greeter.ts';

/** How many calls are under way at any time. */
export const atATime = 4;

/** A call that was lost. */
export interface Loss {
  readonly error: ServiceError;
  /** Where it went, such as `127.0.0.1:1234`. */
  readonly peer: string;
  /** By `performance.now()`. */
  readonly begunAt: number;
  /** Whether an answer had begun: gRPC repeats no call of which the head of an answer has come, whatever its service config says. */
  readonly wasAnswering: boolean;
}

/** Calls without end on one channel, and what came of them. */
export class CallsUnderLoad implements AsyncDisposable {
  readonly losses: Loss[] = [];
  readonly #caller: Caller;
  readonly #answers = new Map<string, number>();
  readonly #calling: Promise<unknown>;
  #isOver = false;

  constructor(target: string, options: ClientOptions = {}) {
    this.#caller = new Caller(target, options);
    this.#calling = Promise.all(Array.from({ length: atATime }, () => this.#callOn()));
  }

  /** Those that retries can save. */
  get unanswered(): readonly Loss[] {
    return this.losses.filter(({ wasAnswering }) => !wasAnswering);
  }

  get answered(): number {
    return [...this.#answers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Waits until each of these has answered some from now on. */
  async reaches(ids: readonly string[]): Promise<void> {
    const before = new Map(this.#answers);
    const some = (id: string): boolean => (this.#answers.get(id) ?? 0) - (before.get(id) ?? 0) >= 10;
    await poll(() => ids.every(some) || undefined, { what: `${ids.join(', ')} answer`, withinMs: 30_000 });
  }

  /** Waits until there were so many more answers, from whomever. */
  async goesOn(count: number = 50): Promise<void> {
    const then = this.answered;
    await poll(() => this.answered > then + count || undefined, { what: 'calls are answered', withinMs: 30_000 });
  }

  /** Resolves when every call has ended. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#calling;
    this.#caller[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #callOn(): Promise<void> {
    while (!this.#isOver) await this.#call();
  }

  #call(): Promise<void> {
    const begunAt = performance.now();
    return new Promise((resolve) => {
      let wasAnswering = false;
      const call: ClientUnaryCall = this.#caller.begin((error, answer = '') => {
        if (error === null) this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
        else this.losses.push({ error, peer: call.getPeer(), begunAt, wasAnswering });
        resolve();
      });
      call.once('metadata', () => {
        wasAnswering = true;
      });
    });
  }
}

/** The service config of callers whose calls may be made twice. */
export const withRetries: ClientOptions = {
  'grpc.service_config': JSON.stringify({
    loadBalancingConfig: [{ rollcall_weighted: {} }],
    methodConfig: [
      {
        name: [{}],
        retryPolicy: {
          maxAttempts: 4,
          initialBackoff: '0.01s',
          maxBackoff: '0.1s',
          backoffMultiplier: 2,
          retryableStatusCodes: ['UNAVAILABLE'],
        },
      },
    ],
  }),
};
