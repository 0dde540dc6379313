import type { Customer } from './customer.ts';
import { eventually } from './eventually.ts';
import type { Receipt } from './orders.ts';
import { Refusal } from './refusal.ts';
import type { Shop } from './shop.ts';
import { Warehouse } from './warehouse.ts';

/** How many orders come in while an instance leaves. */
const rush = 20;

/**
 * A day in the shop, told line by line, in words that are the same wherever it takes place.
 * @throws Error at the first thing that is not as it should be
 */
export async function playDay(shop: Shop, tell: (line: string) => void): Promise<void> {
  const warehouse = new Warehouse({ apple: 1_000, pear: 5 });
  await using inventory1 = await shop.openInventory('inventory-1', warehouse);
  await using inventory2 = await shop.openInventory('inventory-2', warehouse);
  await using prices = await shop.openPrices('prices-1', { apple: 40, pear: 55 });
  await using orders = await shop.openOrders('orders-1');
  await using customer = shop.customer();
  await customer.ready();
  tell(`The shop opens: ${(await shop.services()).join(', ')}.`);

  for (let count = 0; count < 4; count += 1) tell(`  3 apple: ${shown(await customer.buy(3, 'apple'))}`);
  tell(`  9 pear: ${await refused(customer.buy(9, 'pear'), 409)}`);
  tell(`  1 kiwi: ${await refused(customer.buy(1, 'kiwi'), 404)}`);

  await Promise.all([inventory1.stop(), buyInARush(customer)]);
  tell(`inventory-1 leaves. ${rush} orders come in meanwhile, and all are served.`);
  for (let count = 0; count < 2; count += 1) tell(`  1 apple: ${shown(await customer.buy(1, 'apple'))}`);

  await using inventory3 = await shop.openInventory('inventory-3', warehouse);
  await eventually('inventory-3 serves', async () => (await customer.buy(1, 'apple')).from === 'inventory-3');
  tell('inventory-3 takes its place.');
  for (let count = 0; count < 4; count += 1) tell(`  1 apple: ${shown(await customer.buy(1, 'apple'))}`);

  await prices.stop();
  tell('prices-1 closes, and was the only one.');
  tell(`  1 apple: ${await refused(customer.buy(1, 'apple'), 503)}`);

  await using dearer = await shop.openPrices('prices-1', { apple: 45, pear: 60 });
  await eventually('prices-1 is found again', () => isServed(customer));
  tell('prices-1 opens again, and apples are dearer.');
  tell(`  2 apple: ${shown(await customer.buy(2, 'apple'))}`);

  await Promise.all([orders, inventory2, inventory3, dearer].map((provider) => provider.stop()));
  const left = await shop.services();
  if (left.length > 0) throw new Error(`The shop is closed, and still listed: ${left.join(', ')}.`);
  tell('The shop closes. Nobody is listed.');
}

async function buyInARush(customer: Customer): Promise<void> {
  for (let count = 0; count < rush; count += 1) await customer.buy(1, 'apple');
}

/** `prices` may not be found yet: that alone is no failure. */
async function isServed(customer: Customer): Promise<boolean> {
  try {
    await customer.buy(1, 'apple');
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 503) return false;
    throw error;
  }
}

async function refused(buying: Promise<Receipt>, status: number): Promise<string> {
  try {
    await buying;
  } catch (error) {
    if (error instanceof Refusal && error.status === status) return `${error.message} (${status})`;
    throw error;
  }
  throw new Error(`An order was served that should have been refused with ${status}.`);
}

function shown({ cents, from }: Receipt): string {
  return `${(cents / 100).toFixed(2)}, from ${from}`;
}
