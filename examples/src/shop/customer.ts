import { randomUUID } from 'node:crypto';
import type { Discovery } from '@rollcall/core';
import { countField, textField } from './fields.ts';
import type { Receipt } from './orders.ts';
import { ServiceClient } from './service-client.ts';

/** Buys, from whoever takes orders. */
export class Customer implements AsyncDisposable {
  /** Resolves once it is known who takes orders. */
  readonly ready: Promise<void>;
  readonly #orders: ServiceClient;

  constructor(discovery: Discovery) {
    this.#orders = new ServiceClient(discovery, 'orders');
    this.ready = this.#orders.ready;
  }

  /** @throws Refusal: 404, 409, and 503 if somebody who is needed is not there */
  buy(quantity: number, item: string): Promise<Receipt> {
    return this.#orders.ask({ method: 'PUT', path: ['orders', randomUUID()], body: { item, quantity } }, (answer) => ({
      cents: countField(answer, 'cents'),
      from: textField(answer, 'from'),
    }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#orders[Symbol.asyncDispose]();
  }
}
