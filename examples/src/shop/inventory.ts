import { countField, textField } from './fields.ts';
import type { Answerer } from './json-server.ts';
import { Refusal } from './refusal.ts';
import type { Warehouse } from './warehouse.ts';

/** Puts goods aside: `PUT /reservations/<order>` with `{ item, quantity }` answers `{ from }`, which instance has done it. */
export function inventory(warehouse: Warehouse, instance: string): Answerer {
  return ({ method, path: [kind, order = '', ...rest], body }) => {
    if (method !== 'PUT' || kind !== 'reservations' || order === '' || rest.length > 0)
      throw new Refusal(404, 'The inventory knows PUT /reservations/<order> alone.');
    warehouse.reserve(order, textField(body, 'item'), countField(body, 'quantity'));
    return { from: instance };
  };
}
