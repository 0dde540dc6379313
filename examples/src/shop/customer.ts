import { randomUUID } from 'node:crypto';
import type { ServiceCache } from '@rollcall/balancer';
import { countField, textField } from './fields.ts';
import type { Receipt } from './orders.ts';
import { ServiceClient } from './service-client.ts';

/** Buys, from whoever takes orders. */
export class Customer implements AsyncDisposable {
  readonly #cache: ServiceCache;
  readonly #orders: ServiceClient;

  /** @param cache is the customer's from here on */
  constructor(cache: ServiceCache) {
    this.#cache = cache;
    this.#orders = new ServiceClient(cache, 'orders');
  }

  /** Resolves once it is known who takes orders. */
  async ready(): Promise<void> {
    await this.#cache.ready();
  }

  /** @throws Refusal: 404, 409, and 503 if somebody who is needed is not there */
  buy(quantity: number, item: string): Promise<Receipt> {
    return this.#orders.ask({ method: 'PUT', path: ['orders', randomUUID()], body: { item, quantity } }, (answer) => ({
      cents: countField(answer, 'cents'),
      from: textField(answer, 'from'),
    }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cache.close();
  }
}
