import { type MemoryDriver, memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, type ManualClock, manualClock, type Registry } from '@rollcall/core';
import type { Provider } from '@rollcall/provider';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Customer } from './customer.ts';
import { Shop } from './shop.ts';
import { Warehouse } from './warehouse.ts';

const ttlMs = 15_000;
const drainMs = 2_000;

/** A computer of the shop: a connection and a registry of its own, on the store and the clock that all share. */
interface Computer {
  readonly shop: Shop;
  readonly driver: MemoryDriver;
}

let clock: ManualClock;
let store: MemoryStore;
let registries: Registry[];
let providers: Provider[];
let customer: Customer;
let warehouse: Warehouse;

function computer(): Computer {
  const driver = memoryDriver(store);
  const registry = createRegistry(driver, { random: () => 0.5 });
  registries.push(registry);
  const shop = new Shop({
    registrar: registry,
    discovery: registry,
    terms: { clock, ttlMs, drainMs, signals: [] },
  });
  return { shop, driver };
}

/** To be closed when the test ends, however it ends. */
async function opened(opening: Promise<Provider>): Promise<Provider> {
  const provider = await opening;
  providers.push(provider);
  return provider;
}

/** Who puts aside the goods of so many orders, one after the other. `advance(0)` lets the last change arrive first. */
async function servers(count: number): Promise<readonly string[]> {
  await clock.advance(0);
  const served: string[] = [];
  for (let index = 0; index < count; index += 1) served.push((await customer.buy(1, 'apple')).from);
  return served;
}

/** Work that waits for time to pass, and the time. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  await clock.advance(ms);
  return work;
}

beforeEach(async () => {
  clock = manualClock();
  store = new MemoryStore({ clock });
  registries = [];
  providers = [];
  warehouse = new Warehouse({ apple: 100, pear: 5 });
  const { shop } = computer();
  await opened(shop.openOrders('orders-1'));
  customer = shop.customer();
  await customer.ready();
});

afterEach(async () => {
  await customer[Symbol.asyncDispose]();
  const stopping = providers.map((provider) => provider.stop());
  for (const provider of providers) while (provider.state !== 'stopped') await clock.advance(drainMs);
  await Promise.all(stopping);
  await inTime(Promise.all(registries.map((registry) => registry.close())), 5_000);
});

describe('an order', () => {
  test('that nobody can be asked about is refused with 503, and says who is missing', async () => {
    await expect(customer.buy(1, 'apple')).rejects.toMatchObject({
      status: 503,
      message: 'Nobody answers for prices.',
    });
    await opened(computer().shop.openPrices('prices-1', { apple: 40 }));
    await clock.advance(0);
    await expect(customer.buy(1, 'apple')).rejects.toMatchObject({
      status: 503,
      message: 'Nobody answers for inventory.',
    });
  });

  test('costs what prices says, also after prices was opened anew with another list', async () => {
    await opened(computer().shop.openInventory('inventory-1', warehouse));
    const { shop } = computer();
    const prices = await opened(shop.openPrices('prices-1', { apple: 40 }));
    await clock.advance(0);
    expect(await customer.buy(3, 'apple')).toEqual({ cents: 120, from: 'inventory-1' });

    await inTime(prices.stop(), drainMs);
    await expect(customer.buy(3, 'apple')).rejects.toMatchObject({ status: 503 });
    await opened(shop.openPrices('prices-1', { apple: 45 }));
    await clock.advance(0);
    expect(await customer.buy(3, 'apple')).toEqual({ cents: 135, from: 'inventory-1' });
  });

  test('is refused for what is not sold, what is not there, and what is no quantity', async () => {
    const { shop } = computer();
    await opened(shop.openInventory('inventory-1', warehouse));
    await opened(shop.openPrices('prices-1', { apple: 40, pear: 55 }));
    await clock.advance(0);
    await expect(customer.buy(1, 'kiwi')).rejects.toMatchObject({ status: 404, message: 'kiwi is not sold here.' });
    await expect(customer.buy(9, 'pear')).rejects.toMatchObject({
      status: 409,
      message: 'Not enough of pear: 5 left.',
    });
    await expect(customer.buy(0.5, 'pear')).rejects.toMatchObject({
      status: 400,
      message: 'quantity: expected a whole number above 0',
    });
  });
});

describe('the inventory', () => {
  beforeEach(async () => {
    await opened(computer().shop.openPrices('prices-1', { apple: 40 }));
    await opened(computer().shop.openInventory('inventory-1', warehouse));
  });

  test('takes orders in turn', async () => {
    await opened(computer().shop.openInventory('inventory-2', warehouse));
    expect(await servers(3)).toEqual(['inventory-1', 'inventory-2', 'inventory-1']);
  });

  test('gets nothing new for an instance that drains, and something at once for one that joins', async () => {
    const second = await opened(computer().shop.openInventory('inventory-2', warehouse));
    const stopping = second.stop();
    expect(await servers(3)).toEqual(['inventory-1', 'inventory-1', 'inventory-1']);
    expect(second.state).toBe('draining');

    await inTime(stopping, drainMs);
    await opened(computer().shop.openInventory('inventory-3', warehouse));
    expect(await servers(2)).toEqual(['inventory-1', 'inventory-3']);
  });

  test('leaves out an instance that crashed once its TTL is over', async () => {
    const { shop, driver } = computer();
    await opened(shop.openInventory('inventory-2', warehouse));
    driver.crash(); // only the registry has lost it: it would still answer

    await clock.advance(ttlMs - 1);
    expect(await servers(2)).toEqual(['inventory-1', 'inventory-2']);
    await clock.advance(1);
    expect(await servers(2)).toEqual(['inventory-1', 'inventory-1']);
  });

  test('serves every order before that as well, since the next instance is asked when one does not answer', async () => {
    const { shop, driver } = computer();
    const second = await opened(shop.openInventory('inventory-2', warehouse));
    driver.crash();
    await inTime(second.stop(), drainMs); // its server has gone, and nobody could be told

    const listed = await computer().shop.services();
    expect(listed).toContain('inventory');
    expect(await servers(3)).toEqual(['inventory-1', 'inventory-1', 'inventory-1']);
  });

  test('puts goods aside once for an order that is sent twice', () => {
    for (let time = 0; time < 2; time += 1) warehouse.reserve('order-1', 'pear', 3);
    warehouse.reserve('order-2', 'pear', 2);
    expect(() => warehouse.reserve('order-3', 'pear', 1)).toThrow('Not enough of pear: 0 left.');
  });
});
