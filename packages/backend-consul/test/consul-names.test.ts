import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../testing/fc.ts';
import { decodedName, encodedName } from '../src/layout/consul-names.ts';

/** Names that I2 allows, full of what matters to the encoding. */
const name = fc
  .array(
    fc.oneof(fc.constantFrom('/', '%', '=', '=2F', '.', '..', '~', ' ', 'a', 'A'), fc.string({ unit: 'grapheme' })),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join('').replaceAll(/\p{Control}/gu, 'c'))
  .filter((text) => text !== '');

test('I2: ordinary names read in Consul as they are', () => {
  for (const ordinary of ['orders', 'billing-eu', '10.0.0.5:8080', 'Orders_2', 'a.b'])
    expect(encodedName(ordinary)).toBe(ordinary);
  expect(encodedName('billing/eu')).toBe('billing=2Feu');
  expect(encodedName('..')).toBe('=2E.');
  expect(encodedName('✓')).toBe('=E2=9C=93');
});

test('I1, I2: every name has one form, which gives it back, and is safe in a path', () =>
  check(
    fc.property(name, (text) => {
      const form = encodedName(text);
      expect(decodedName(form)).toBe(text);
      expect(form).toMatch(/^[\w:=-][\w:=.-]*$/);
    }),
  ));

test.each(['', '.', 'a/b', '=2f', '=41', '=', '=2', 'a~b', '=FF', '✓'])('D4: %j is the form of no name', (form) => {
  expect(decodedName(form)).toBeUndefined();
});
