import type { ServiceInstance } from '@rollcall/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { createBalancer, leastOutstanding, peakEwma, weightedRandom, weightedRoundRobin } from '../../src/index.ts';
import { instance, picks, seeded, settableSource, tally } from '../settable-source.ts';

const anyWeights = fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(100)), {
  minLength: 1,
  maxLength: 9,
});

function weighing(weights: readonly number[]): ServiceInstance[] {
  return weights.map((weight, index) => instance(`i${index}`, { weight }));
}

function sumOf(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

test('weighted round robin: n times the sum of the weights in picks gives each n times its weight, exactly', () =>
  check(
    fc.property(anyWeights, fc.integer(), (weights, seed) => {
      const set = weighing(weights);
      const balancer = createBalancer(settableSource(set), { policy: weightedRoundRobin(), random: seeded(seed) });
      const counts = tally(picks(set.length * sumOf(weights), () => balancer.pick()));
      for (const { id, weight } of set) expect(counts.get(id)).toBe(set.length * weight);
    }),
  ));

test('weighted round robin: after whole rounds each count is within the number of instances of its share', () =>
  check(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 100 }),
      fc.integer(),
      (weights, rounds, seed) => {
        const set = weighing(weights);
        const balancer = createBalancer(settableSource(set), { policy: weightedRoundRobin(), random: seeded(seed) });
        const total = rounds * set.length;
        const counts = tally(picks(total, () => balancer.pick()));
        for (const { id, weight } of set) {
          const share = (total * weight) / sumOf(weights);
          expect(Math.abs((counts.get(id) ?? 0) - share)).toBeLessThan(set.length + 1);
        }
      },
    ),
  ));

test('weighted round robin: equal weights are plain round robin', () =>
  check(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 65_535 }), (count, weight) => {
      const set = weighing(Array.from({ length: count }, () => weight));
      const balancer = createBalancer(settableSource(set), { policy: weightedRoundRobin() });
      expect(tally(picks(count, () => balancer.pick())).size).toBe(count);
    }),
  ));

test.each([weightedRandom(), leastOutstanding(), peakEwma()])(
  '$name: without load the shares follow the weights, within six standard deviations',
  (policy) =>
    check(
      fc.property(anyWeights, fc.integer(), (weights, seed) => {
        const set = weighing(weights);
        const balancer = createBalancer(settableSource(set), { policy, random: seeded(seed) });
        const total = 4_000;
        const counts = tally(picks(total, () => balancer.pick()));
        for (const { id, weight } of set) {
          const share = weight / sumOf(weights);
          const deviation = Math.sqrt(total * share * (1 - share));
          expect(Math.abs((counts.get(id) ?? 0) - total * share)).toBeLessThanOrEqual(6 * deviation + 3);
        }
      }),
      { numRuns: 60 },
    ),
);
