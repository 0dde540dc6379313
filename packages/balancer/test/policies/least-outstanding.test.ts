import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { createBalancer, leastOutstanding } from '../../src/index.ts';
import { instance, instances, seeded, settableSource, tally } from '../settable-source.ts';

test('of two instances the less loaded for its weight is always chosen', () =>
  check(
    fc.property(
      fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 })),
      fc.array(fc.nat(), { maxLength: 60 }),
      ([weightOfA, weightOfB], endings) => {
        const set = [instance('a', { weight: weightOfA }), instance('b', { weight: weightOfB })];
        const balancer = createBalancer(settableSource(set), { policy: leastOutstanding() });
        const loads = new Map([
          ['a', 0],
          ['b', 0],
        ]);
        const open: { readonly id: string; readonly end: () => void }[] = [];
        for (const ending of endings) {
          const perWeight = new Map([
            ['a', (loads.get('a') ?? 0) / weightOfA],
            ['b', (loads.get('b') ?? 0) / weightOfB],
          ]);
          const call = balancer.acquire();
          const { id } = call.instance;
          expect(perWeight.get(id)).toBe(Math.min(...perWeight.values()));
          loads.set(id, (loads.get(id) ?? 0) + 1);
          open.push({ id, end: () => call.done('success') });
          if (ending % 3 > 0) continue;
          const [over] = open.splice(ending % open.length, 1);
          over?.end();
          if (over !== undefined) loads.set(over.id, (loads.get(over.id) ?? 0) - 1);
        }
      },
    ),
  ));

test('however many calls hang, no instance has many more of them than the others', () =>
  check(
    fc.property(fc.integer({ min: 2, max: 100 }), fc.integer(), (count, seed) => {
      const source = settableSource(instances(count));
      const balancer = createBalancer(source, { policy: leastOutstanding(), random: seeded(seed) });
      const counts = tally(Array.from({ length: count * 20 }, () => balancer.acquire().instance.id));
      expect(Math.max(...counts.values())).toBeLessThanOrEqual(20 + 5);
    }),
    { numRuns: 50 },
  ));

test('what is under way is remembered when the set changes around it', () => {
  const source = settableSource(instances(3));
  const balancer = createBalancer(source, { policy: leastOutstanding(), random: seeded(7) });
  const held = Array.from({ length: 9 }, () => balancer.acquire());
  const stays = instance('i1', { version: '2' });
  source.set([stays, instance('new')]);
  const next = Array.from({ length: 3 }, () => balancer.acquire().instance.id);
  const heldByI1 = held.filter(({ instance: { id } }) => id === 'i1').length;
  expect(heldByI1).toBeGreaterThanOrEqual(2);
  expect(next.slice(0, 2)).toEqual(['new', 'new']);
  for (const call of held) call.done('success');
  expect(balancer.acquire().instance).toBe(stays);
});
