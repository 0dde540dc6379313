import { manualClock, serviceInstance } from '@rollcall/core';
import { expect, test } from 'vitest';
import { Entry } from '../src/entry.ts';
import { EntryTable } from '../src/entry-table.ts';

test('R7: an entry that was never granted a lease is not live, and ending it takes nobody else out', () => {
  const table = new EntryTable(manualClock());
  const instance = serviceInstance({ service: 'orders', id: 'a', endpoints: ['http://host.test:80'] });
  const terms = { instance, client: 1, owner: 'owner', ttlMs: 1_000 };
  table.register(new Entry(terms), 'replace');
  const never = new Entry(terms);
  expect(never.isLive(0)).toBe(false);
  never.wake();
  table.revoke(never);
  expect(table.list('orders').instances).toEqual([instance]);
});

test('L3: what has run out before its timer came is taken out by a sweep of its service, and nothing else is', () => {
  let now = 0;
  const table = new EntryTable({ now: () => now, schedule: () => ({ [Symbol.dispose]: () => undefined }) });
  const entries = [10, 50].map((ttlMs) => {
    const instance = serviceInstance({ service: 'orders', id: `for ${ttlMs}`, endpoints: ['http://host.test:80'] });
    return new Entry({ instance, client: 1, owner: 'owner', ttlMs });
  });
  for (const entry of entries) table.register(entry, 'replace');
  table.sweep('orders');
  now = 20;
  expect(table.enter('orders', 1)).toBeUndefined();
  expect(table.enter('nobody', 1)).toBeUndefined();
  table.sweep('nobody');
  table.sweep('orders');
  expect(entries.map((entry) => entry.dueAt)).toEqual([Infinity, 50]);
  expect(table.list('orders').instances.map(({ id }) => id)).toEqual(['for 50']);
});
