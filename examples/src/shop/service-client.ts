import { type Discovery, endpointUrl, type ServiceInstance, type Watcher } from '@rollcall/core';
import { Malformed, textField } from './fields.ts';
import type { Question } from './json-server.ts';
import { Refusal } from './refusal.ts';

/** How long one instance may take to answer before the next one is asked. */
const answerMs = 2_000;

/** One service as others ask it: those of its instances that are up, in turn. */
export class ServiceClient implements AsyncDisposable {
  /** Resolves once it is known who is there; rejects if that will never be known. */
  readonly ready: Promise<void>;
  readonly #service: string;
  readonly #watcher: Watcher;
  readonly #following: Promise<void>;
  #instances: readonly ServiceInstance[] = [];
  #last = '';

  constructor(discovery: Discovery, service: string) {
    this.#service = service;
    this.#watcher = discovery.watch(service);
    this.ready = this.#readFirst();
    // Whoever awaits `ready` is told of a failure; who doesn't must not bring the process down.
    this.#following = this.ready.then(() => this.#follow()).catch(() => undefined);
  }

  /**
   * Asks whose turn it is, and the next one if no answer comes: of an instance that has crashed the registry knows nothing
   * before its TTL is over.
   * @param read takes from the answer what is wanted. @throws Malformed if that is not in it
   * @throws Refusal as it was answered, or 503 if nobody answers
   */
  async ask<T>(question: Question, read: (answer: unknown) => T): Promise<T> {
    for (const instance of this.#inTurn()) {
      const response = await exchange(instance, question);
      if (response !== undefined) return this.#read(response, read);
    }
    throw new Refusal(503, `Nobody answers for ${this.#service}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watcher.return(); // ends the read that waits, too
    await this.#following;
  }

  /** All that want traffic, from the one behind whoever was asked last. Its own id is kept, not its place: sets change. */
  #inTurn(): readonly ServiceInstance[] {
    const eligible = this.#instances.filter(({ status, weight }) => status === 'up' && weight > 0);
    const next = Math.max(
      0,
      eligible.findIndex(({ id }) => id > this.#last),
    );
    const inTurn = [...eligible.slice(next), ...eligible.slice(0, next)];
    this.#last = inTurn[0]?.id ?? this.#last;
    return inTurn;
  }

  #read<T>({ status, body }: JsonResponse, read: (answer: unknown) => T): T {
    try {
      const json: unknown = JSON.parse(body);
      if (status === 200) return read(json);
      throw new Refusal(status, textField(json, 'error'));
    } catch (error) {
      if (error instanceof Malformed || error instanceof SyntaxError)
        throw new Refusal(502, `${this.#service} gave an answer that cannot be read: ${error.message}.`);
      throw error;
    }
  }

  async #readFirst(): Promise<void> {
    const { value } = await this.#watcher.next();
    this.#instances = value?.instances ?? [];
  }

  async #follow(): Promise<void> {
    for await (const { instances } of this.#watcher) this.#instances = instances;
  }
}

interface JsonResponse {
  readonly status: number;
  readonly body: string;
}

/** Nothing if no whole answer came, in time. */
async function exchange(
  { endpoints: [endpoint] }: ServiceInstance,
  { method, path, body }: Question,
): Promise<JsonResponse | undefined> {
  const url = [endpointUrl(endpoint), ...path.map(encodeURIComponent)].join('/');
  try {
    const response = await fetch(url, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(answerMs),
    });
    return { status: response.status, body: await response.text() };
  } catch {
    return undefined;
  }
}
