import type { Server } from 'node:http';
import { openServiceCache, type ServiceCache } from '@rollcall/balancer';
import type { Discovery, Registrar } from '@rollcall/core';
import { httpServer, provide, type Provider, type ProvideOptions } from '@rollcall/provider';
import { Customer } from './customer.ts';
import { inventory } from './inventory.ts';
import { jsonServer } from './json-server.ts';
import { Orders } from './orders.ts';
import { type PriceList, prices } from './prices.ts';
import type { Warehouse } from './warehouse.ts';

/** What the services of the shop share. */
export interface ShopParts {
  readonly registrar: Registrar;
  readonly discovery: Discovery;
  /** How instances come and go, where it is not by default. */
  readonly terms?: Pick<ProvideOptions, 'clock' | 'drainMs' | 'signals' | 'ttlMs'> | undefined;
}

/** Three services: orders asks inventory and prices. Each instance is a server on a port of its own, and finds the others. */
export class Shop {
  readonly #parts: ShopParts;

  constructor(parts: ShopParts) {
    this.#parts = parts;
  }

  /** Up once it knows who can be asked. */
  async openOrders(id: string): Promise<Provider> {
    const cache = this.#cache();
    const orders = new Orders(cache);
    const server = jsonServer((question) => orders.answer(question));
    // When the last request is answered, whoever has closed the server.
    server.once('close', () => void cache.close());
    return this.#open(server, { service: 'orders', id, ready: () => cache.ready() });
  }

  openInventory(id: string, warehouse: Warehouse): Promise<Provider> {
    return this.#open(jsonServer(inventory(warehouse, id)), { service: 'inventory', id });
  }

  openPrices(id: string, list: PriceList): Promise<Provider> {
    return this.#open(jsonServer(prices(list)), { service: 'prices', id });
  }

  customer(): Customer {
    return new Customer(this.#cache());
  }

  /** Names of the services of which somebody is there. */
  services(): Promise<readonly string[]> {
    return this.#parts.discovery.services();
  }

  #cache(): ServiceCache {
    const { discovery, terms } = this.#parts;
    return openServiceCache({ discovery, clock: terms?.clock });
  }

  async #open(server: Server, instance: Pick<ProvideOptions, 'service' | 'id' | 'ready'>): Promise<Provider> {
    server.listen(0, '127.0.0.1');
    try {
      return await provide(httpServer(server), { ...this.#parts.terms, ...instance, registrar: this.#parts.registrar });
    } catch (error) {
      server.close();
      throw error;
    }
  }
}
