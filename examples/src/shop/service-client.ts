import { type Balancer, createBalancer, NoInstanceError, roundRobin, type ServiceCache } from '@rollcall/balancer';
import { endpointUrl, type ServiceInstance } from '@rollcall/core';
import { Malformed, textField } from './fields.ts';
import type { Question } from './json-server.ts';
import { Refusal } from './refusal.ts';

/** How long one instance may take to answer before another one is asked. */
const answerMs = 2_000;

/** One service as others ask it: those of its instances that are up, in turn. It ends with the cache that it is made from. */
export class ServiceClient {
  readonly #balancer: Balancer;

  constructor(cache: ServiceCache, service: string) {
    this.#balancer = createBalancer(cache.service(service), {
      policy: roundRobin(),
      random: () => 0, // a day in the shop is the same each time; a fleet of callers begins at random places
    });
  }

  /**
   * Asks whose turn it is, and another one if no answer comes: of an instance that has crashed the registry knows nothing
   * before its TTL is over.
   * @param read takes from the answer what is wanted. @throws Malformed if that is not in it
   * @throws Refusal as it was answered, or 503 if nobody answers
   */
  async ask<T>(question: Question, read: (answer: unknown) => T): Promise<T> {
    const tried = new Set<string>();
    for (;;) {
      const instance = this.#pick(tried);
      tried.add(instance.id);
      const response = await exchange(instance, question);
      if (response !== undefined) return this.#read(response, read);
    }
  }

  /** Who was tried already comes again only where there is nobody else. @throws Refusal 503 then */
  #pick(tried: ReadonlySet<string>): ServiceInstance {
    try {
      const instance = this.#balancer.pick({ avoid: tried });
      if (!tried.has(instance.id)) return instance;
    } catch (error) {
      if (!NoInstanceError.is(error)) throw error;
    }
    throw new Refusal(503, `Nobody answers for ${this.#balancer.service}.`);
  }

  #read<T>({ status, body }: JsonResponse, read: (answer: unknown) => T): T {
    try {
      const json: unknown = JSON.parse(body);
      if (status === 200) return read(json);
      throw new Refusal(status, textField(json, 'error'));
    } catch (error) {
      if (error instanceof Malformed || error instanceof SyntaxError)
        throw new Refusal(502, `${this.#balancer.service} gave an answer that cannot be read: ${error.message}.`);
      throw error;
    }
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
