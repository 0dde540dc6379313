import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { createBalancer, roundRobin } from '../../src/index.ts';
import { instances, picks, seeded, settableSource, tally } from '../settable-source.ts';

test('any n picks in a row meet each of n instances once, whatever the weights', () =>
  check(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 120 }),
      fc.integer(),
      (count, skip, seed) => {
        const source = settableSource(instances(count, [1, 100, 65_535]));
        const balancer = createBalancer(source, { policy: roundRobin(), random: seeded(seed) });
        picks(skip, () => balancer.pick());
        expect(tally(picks(count, () => balancer.pick())).size).toBe(count);
      },
    ),
  ));

test('callers that start together do not start at the same instance', () => {
  const source = settableSource(instances(10));
  const random = seeded(1);
  const firsts = Array.from(
    { length: 1_000 },
    () => createBalancer(source, { policy: roundRobin(), random }).pick().id,
  );
  const counts = tally(firsts);
  expect(counts.size).toBe(10);
  for (const count of counts.values()) expect(count).toBeGreaterThan(60);
});

test('with random numbers from 0 it begins with the first, also where nobody was there at first', () => {
  const source = settableSource();
  using balancer = createBalancer(source, { policy: roundRobin(), random: () => 0 });
  source.set(instances(5));
  expect(picks(3, () => balancer.pick())).toEqual(['i0', 'i1', 'i2']);
});
