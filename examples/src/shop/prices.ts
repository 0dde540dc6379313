import type { Answerer } from './json-server.ts';
import { Refusal } from './refusal.ts';

/** What one piece of each item costs, in cents. */
export type PriceList = Readonly<Record<string, number>>;

/** Knows what things cost: `GET /prices/<item>` answers `{ cents }`. */
export function prices(list: PriceList): Answerer {
  const cents = new Map(Object.entries(list));
  return ({ method, path: [kind, item = '', ...rest] }) => {
    if (method !== 'GET' || kind !== 'prices' || rest.length > 0)
      throw new Refusal(404, 'Prices knows GET /prices/<item> alone.');
    const price = cents.get(item);
    if (price === undefined) throw new Refusal(404, `${item} is not sold here.`);
    return { cents: price };
  };
}
