import { openServiceCache, type ServiceCache } from '@rollcall/balancer';
import type { Discovery } from '@rollcall/core';
import { poll } from '@rollcall/testing-servers';
import {
  type CallAttempt,
  serviceInterceptor,
  type ServiceInterceptor,
  type ServiceInterceptorOptions,
} from '@rollcall/undici';
import { Agent, type Dispatcher } from 'undici';

/** How many calls are under way at any time. */
const atATime = 12;

/** One that came to nothing. */
export interface Failure {
  readonly call: string;
  readonly error: unknown;
  /** The ids that were tried. */
  readonly tried: readonly string[];
}

/** A caller as one would write it, with the defaults, who never rests. Every call carries its number, which has to come back. */
export class CallsUnderLoad implements AsyncDisposable {
  readonly #cache: ServiceCache;
  readonly #interceptor: ServiceInterceptor;
  readonly #agent: Agent;
  readonly #dispatcher: Dispatcher;
  readonly #method: 'GET' | 'POST';
  readonly #calling: Promise<unknown>;
  readonly #attempts = new Map<string, number>();
  readonly #underWay = new Map<string, number>();
  readonly #failures: Failure[] = [];
  #isEnding = false;
  #count = 0;
  #answered = 0;

  private constructor(cache: ServiceCache, method: 'GET' | 'POST', options: Partial<ServiceInterceptorOptions>) {
    this.#cache = cache;
    this.#method = method;
    this.#interceptor = serviceInterceptor({
      cache,
      services: ['orders'],
      observer: {
        callStarted: () => ({
          attemptStarted: (attempt) => this.#begin(attempt),
          attemptEnded: ({ instance: { id } }) => void this.#underWay.set(id, this.underWayTo(id) - 1),
        }),
      },
      ...options,
    });
    this.#agent = new Agent();
    this.#dispatcher = this.#agent.compose(this.#interceptor);
    this.#calling = Promise.all(Array.from({ length: atATime }, () => this.#callOn()));
  }

  /** Begins when the registry has told whom there is to call. */
  static async start(
    discovery: Discovery,
    method: 'GET' | 'POST',
    options: Partial<ServiceInterceptorOptions> = {},
  ): Promise<CallsUnderLoad> {
    const cache = openServiceCache({ discovery, services: ['orders'] });
    await cache.ready();
    return new CallsUnderLoad(cache, method, options);
  }

  get failures(): readonly Failure[] {
    return this.#failures;
  }

  get answered(): number {
    return this.#answered;
  }

  /** How many attempts were ever made on this one. */
  attemptsOn(id: string): number {
    return this.#attempts.get(id) ?? 0;
  }

  underWayTo(id: string): number {
    return this.#underWay.get(id) ?? 0;
  }

  /** Waits until each of these has been called some more. */
  async reaches(...ids: readonly string[]): Promise<void> {
    const before = new Map(ids.map((id) => [id, this.attemptsOn(id)]));
    await poll(() => ids.every((id) => this.attemptsOn(id) >= (before.get(id) ?? 0) + 20) || undefined, {
      what: `${ids.join(', ')} are called`,
    });
  }

  /** Resolves when every call has come to its end. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#calling;
    await this.#interceptor.close();
    await this.#agent.close();
    await this.#cache.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isEnding) await this.stop();
  }

  #begin({ instance: { id } }: CallAttempt): undefined {
    this.#attempts.set(id, this.attemptsOn(id) + 1);
    this.#underWay.set(id, this.underWayTo(id) + 1);
  }

  async #callOn(): Promise<void> {
    while (!this.#isEnding) await this.#call(`order ${(this.#count += 1)}`);
  }

  async #call(call: string): Promise<void> {
    const body = this.#method === 'POST' ? call : null;
    const path = `/${encodeURIComponent(call)}`;
    try {
      const answer = await this.#dispatcher.request({ origin: 'http://orders', path, method: this.#method, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || !text.endsWith(` ${body ?? ''}`))
        throw new Error(`${answer.statusCode}: ${text}`);
      this.#answered += 1;
    } catch (error) {
      this.#failures.push({ call, error, tried: triedBy(error) });
    }
  }
}

function triedBy(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null || !('attempts' in error) || !Array.isArray(error.attempts))
    return [];
  return error.attempts.map(({ id }: { id: string }) => id);
}
