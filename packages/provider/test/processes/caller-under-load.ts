import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Discovery, endpointUrl, type ServiceInstance } from '@rollcall/core';
import { poll } from '@rollcall/testing-servers';

/** How many requests are under way at any time. */
const atATime = 12;

/** What came of it all. */
export interface Toll {
  readonly answered: number;
  /** Sent on a connection that had carried another before. */
  readonly reused: number;
  readonly failures: readonly string[];
}

/**
 * A caller as plain as can be: it follows the service, takes whoever is up in turn, keeps its connections, and tries
 * nothing twice. Every request carries a body that has to come back.
 */
export class CallerUnderLoad implements AsyncDisposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #end = new AbortController();
  readonly #following: Promise<void>;
  readonly #calling: Promise<unknown>;
  readonly #served = new Map<number, number>();
  readonly #failures: string[] = [];
  #up: readonly ServiceInstance[] = [];
  #count = 0;
  #answered = 0;
  #reused = 0;

  constructor(registry: Discovery, service: string) {
    this.#following = this.#follow(registry, service);
    this.#calling = Promise.all(Array.from({ length: atATime }, () => this.#callOn()));
  }

  async sees(shows: (up: readonly ServiceInstance[]) => boolean): Promise<void> {
    await poll(() => shows(this.#up) || undefined, { what: 'the caller sees who is up' });
  }

  /** Waits until each of these processes has answered some from now on. */
  async serves(pids: readonly number[]): Promise<void> {
    const before = new Map(this.#served);
    const some = (pid: number): boolean => (this.#served.get(pid) ?? 0) - (before.get(pid) ?? 0) >= 20;
    await poll(() => pids.every(some) || undefined, { what: `${pids.join(', ')} answer` });
  }

  /** Resolves when every request has come to its end. */
  async stop(): Promise<Toll> {
    this.#end.abort();
    await this.#calling;
    await this.#following;
    this.#agent.destroy();
    return { answered: this.#answered, reused: this.#reused, failures: this.#failures };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #follow(registry: Discovery, service: string): Promise<void> {
    try {
      for await (const { instances } of registry.watch(service, { signal: this.#end.signal }))
        this.#up = instances.filter(({ status }) => status === 'up');
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }

  async #callOn(): Promise<void> {
    await this.sees((up) => up.length > 0);
    while (!this.#end.signal.aborted) {
      const index = this.#count++;
      const instance = this.#up[index % this.#up.length];
      if (instance === undefined) return void this.#failures.push(`order ${index}: nobody is up`);
      await this.#call(instance, `order ${index}`);
    }
  }

  async #call({ id, endpoints: [endpoint] }: ServiceInstance, body: string): Promise<void> {
    const asked = request(endpointUrl(endpoint), { method: 'POST', agent: this.#agent });
    try {
      asked.end(body);
      const [response]: IncomingMessage[] = await once(asked, 'response');
      const answer = response === undefined ? '' : await text(response);
      const [, pid, echo] = /^(\d+) (.*)$/.exec(answer) ?? [];
      if (response?.statusCode !== 200 || echo !== body) throw new Error(`${response?.statusCode}: ${answer}`);
      this.#served.set(Number(pid), (this.#served.get(Number(pid)) ?? 0) + 1);
      this.#answered += 1;
      if (asked.reusedSocket) this.#reused += 1;
    } catch (error) {
      this.#failures.push(`${body} to ${id}: ${String(error)}${asked.reusedSocket ? ', on a kept connection' : ''}`);
    }
  }
}
