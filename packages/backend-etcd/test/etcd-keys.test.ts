import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../../testing/fc.ts';
import { EtcdKeys } from '../src/etcd-keys.ts';

const keys = new EtcdKeys('/rollcall');

/** Names that I2 allows, full of what matters to the encoding. */
const name = fc
  .array(
    fc.oneof(fc.constantFrom('/', '%', '%2F', '%25', '%2f', '0', '.', '..', ' ', 'a'), fc.string({ unit: 'grapheme' })),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join('').replaceAll(/\p{Control}/gu, 'c'))
  .filter((text) => text !== '');

test('I2: ordinary names read in the key as they are', () => {
  expect(keys.entry('orders', '10.0.0.5:8080').toString()).toBe('/rollcall/instances/orders/10.0.0.5:8080');
  expect(keys.entry('billing/eu', '100% ✓').toString()).toBe('/rollcall/instances/billing%2Feu/100%25 ✓');
});

test('I2: every name has one key, and the key gives the name back', () =>
  check(
    fc.property(name, name, (service, id) => {
      expect(keys.parse(keys.entry(service, id))).toEqual({ service, id });
    }),
  ));

test('I1: a key lies in the range of its own service and of no other', () =>
  check(
    fc.property(name, name, name, (service, other, id) => {
      const { key, rangeEnd } = keys.service(other);
      const entry = keys.entry(service, id);
      const isInside = key.compare(entry) <= 0 && entry.compare(rangeEnd) < 0;
      expect(isInside).toBe(service === other);
    }),
  ));

test('I1, D5: a key is an entry’s own, and no other entry’s', () =>
  check(
    fc.property(name, name, name, name, (service, id, otherService, otherId) => {
      const key = keys.entry(service, id);
      expect(keys.isEntryOf(key, { service, id })).toBe(true);
      const other = { service: otherService, id: otherId };
      expect(keys.isEntryOf(key, other)).toBe(otherService === service && otherId === id);
    }),
  ));

test('D5: bytes that are no UTF-8 are not the key that they read like', () => {
  const like = { service: 'orders', id: '\ufffd' };
  const broken = Buffer.concat([keys.service('orders').key, Buffer.of(0xf0, 0x9f, 0x98)]);
  expect(broken.toString()).toBe(keys.entry(like.service, like.id).toString());
  expect(keys.isEntryOf(broken, like)).toBe(false);
  expect(keys.isEntryOf(keys.entry(like.service, like.id), like)).toBe(true);
});

describe('D4: a key that no name has is nobody’s', () => {
  test.each([
    '/rollcall/instances/orders',
    '/rollcall/instances/orders/',
    '/rollcall/instances//a',
    '/rollcall/instances/orders/a/b',
    '/rollcall/instances/orders/a%2fb',
    '/rollcall/instances/orders/a%20b',
    '/rollcall/instances/orders/100%',
    '/rollcall/other/orders/a',
    '/elsewhere/instances/orders/a',
  ])('%s', (key) => {
    expect(keys.parse(Buffer.from(key))).toBeUndefined();
  });

  test('bytes that are no UTF-8', () => {
    expect(keys.parse(Buffer.concat([keys.service('orders').key, Buffer.of(0xff, 0xfe)]))).toBeUndefined();
  });
});
