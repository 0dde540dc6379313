import type { ServiceCache } from '@rollcall/balancer';
import { countField, textField } from './fields.ts';
import type { Question } from './json-server.ts';
import { Refusal } from './refusal.ts';
import { ServiceClient } from './service-client.ts';

/** What a customer is told. */
export interface Receipt {
  /** What it costs in all. */
  readonly cents: number;
  /** Which instance of the inventory has put the goods aside. */
  readonly from: string;
}

/**
 * Takes orders: `PUT /orders/<order>` with `{ item, quantity }` answers a `Receipt`. The number is the customer's own, and goes on
 * to the inventory, so that an order that is sent again takes nothing twice.
 */
export class Orders {
  readonly #inventory: ServiceClient;
  readonly #prices: ServiceClient;

  /** @param cache says who can be asked, and stays whose it is */
  constructor(cache: ServiceCache) {
    this.#inventory = new ServiceClient(cache, 'inventory');
    this.#prices = new ServiceClient(cache, 'prices');
  }

  async answer({ method, path: [kind, order = '', ...rest], body }: Question): Promise<Receipt> {
    if (method !== 'PUT' || kind !== 'orders' || order === '' || rest.length > 0)
      throw new Refusal(404, 'Orders knows PUT /orders/<order> alone.');
    const item = textField(body, 'item');
    const quantity = countField(body, 'quantity');
    // The price first: if nobody knows it, nothing has to be put back.
    const price = await this.#prices.ask({ method: 'GET', path: ['prices', item] }, (answer) =>
      countField(answer, 'cents'),
    );
    const from = await this.#inventory.ask(
      { method: 'PUT', path: ['reservations', order], body: { item, quantity } },
      (answer) => textField(answer, 'from'),
    );
    return { cents: price * quantity, from };
  }
}
