import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { deltaBetween, isEmpty, noDelta } from '../../src/watch/service-delta.ts';
import { anyInstances, instance, isFrozen, plainDelta, sorted } from './sample-sets.ts';

test('W2: a delta is exactly the difference, each part sorted, and frozen', () =>
  check(
    fc.property(anyInstances, anyInstances, (some, others) => {
      const [before, after] = [Object.freeze(sorted(some)), Object.freeze(sorted(others))];
      const delta = deltaBetween(before, after);
      expect(delta).toEqual(plainDelta(before, after));
      expect(isFrozen(delta)).toBe(true);
      expect(delta.added.concat(delta.updated).every((one) => after.includes(one))).toBe(true);
      expect(delta.removed.every((one) => before.includes(one))).toBe(true);
    }),
  ));

test('W5: a set and its copy have no difference', () =>
  check(
    fc.property(anyInstances, (instances) => {
      const before = sorted(instances);
      const after = before.map(({ id, version }) => instance(id, Number(version)));
      expect(isEmpty(deltaBetween(before, after))).toBe(true);
    }),
  ));

test('W5: no difference is empty, and anything else is not', () => {
  expect(isEmpty(noDelta)).toBe(true);
  expect(isFrozen(noDelta)).toBe(true);
  for (const part of ['added', 'updated', 'removed'])
    expect(isEmpty({ ...noDelta, [part]: [instance('a')] })).toBe(false);
});

test('W2: a set of any size may empty at once', () => {
  const one = instance('i');
  const many = Array.from({ length: 300_000 }, (_, number) => ({ ...one, id: `i${1_000_000 + number}` }));
  expect(deltaBetween(many, []).removed).toHaveLength(many.length);
});
