import { Refusal } from './refusal.ts';

/** What is in stock: the database that all instances of the inventory share. */
export class Warehouse {
  readonly #stock: Map<string, number>;
  readonly #reserved = new Set<string>();

  /** @param stock how many there are of each item */
  constructor(stock: Readonly<Record<string, number>>) {
    this.#stock = new Map(Object.entries(stock));
  }

  /** Puts aside what an order needs, once, however often it is asked. @throws Refusal 409 if there is not enough */
  reserve(order: string, item: string, quantity: number): void {
    if (this.#reserved.has(order)) return;
    const left = this.#stock.get(item) ?? 0;
    if (left < quantity) throw new Refusal(409, `Not enough of ${item}: ${left} left.`);
    this.#stock.set(item, left - quantity);
    this.#reserved.add(order);
  }
}
