import type { ServiceInstance } from '@rollcall/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { type Balancer, consistentHash, createBalancer } from '../../src/index.ts';
import { instance, instances, settableSource, tally } from '../settable-source.ts';

const keys = Array.from({ length: 2_000 }, (_, index) => `key-${index}`);

function owners(balancer: Balancer): Map<string, string> {
  return new Map(keys.map((key) => [key, balancer.pick({ key }).id]));
}

const anySet = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.constantFrom(1, 50, 100, 250)), {
    selector: ([number]) => number,
    minLength: 2,
    maxLength: 30,
  })
  .map((all) => all.map(([number, weight]) => instance(`i${number}`, { weight })));

test('when one leaves only its keys move, and when it comes back they come back', () =>
  check(
    fc.property(anySet, fc.nat(), (set, which) => {
      const source = settableSource(set);
      const balancer = createBalancer(source, { policy: consistentHash() });
      const before = owners(balancer);
      const gone = set[which % set.length];
      source.set(set.filter((one) => one !== gone));
      const after = owners(balancer);
      expect(keys.filter((key) => after.get(key) !== before.get(key))).toEqual(
        keys.filter((key) => before.get(key) === gone?.id),
      );
      source.set(set);
      expect(owners(balancer)).toEqual(before);
    }),
    { numRuns: 50 },
  ));

test('who owns a key follows from the set alone, not from how it came about', () =>
  check(
    fc.property(fc.array(anySet, { minLength: 1, maxLength: 6 }), (history) => {
      const source = settableSource();
      const followed = createBalancer(source, { policy: consistentHash() });
      for (const set of history) source.set(set);
      const fresh = createBalancer(settableSource(source.instances), { policy: consistentHash() });
      expect(owners(followed)).toEqual(owners(fresh));
    }),
    { numRuns: 50 },
  ));

test('when the weight of one grows, keys move to it alone', () =>
  check(
    fc.property(anySet, fc.nat(), (set, which) => {
      const source = settableSource(set);
      const balancer = createBalancer(source, { policy: consistentHash() });
      const before = owners(balancer);
      const former = set[which % set.length] ?? instance('none');
      const heavier = instance(former.id, { weight: former.weight * 2 });
      source.set(set.map((one): ServiceInstance => (one === former ? heavier : one)));
      const moved = [...owners(balancer)].filter(([key, owner]) => owner !== before.get(key));
      expect(moved.filter(([, owner]) => owner !== heavier.id)).toEqual([]);
    }),
    { numRuns: 50 },
  ));

test('equal instances own about equal shares of the keys, and weights scale them', () => {
  const set = [...instances(9), instance('double', { weight: 200 })];
  const balancer = createBalancer(settableSource(set), { policy: consistentHash({ pointsPerInstance: 1_000 }) });
  const counts = tally(Array.from({ length: 110_000 }, (_, index) => balancer.pick({ key: `k${index}` }).id));
  for (const { id, weight } of set) {
    const share = weight * 100;
    expect(Math.abs((counts.get(id) ?? 0) - share) / share).toBeLessThan(0.15);
  }
});

test('no instance is given more calls than its bound, though everybody asks for one key', () =>
  check(
    fc.property(anySet, fc.double({ min: 1.01, max: 3, noNaN: true }), (set, loadBound) => {
      const balancer = createBalancer(settableSource(set), { policy: consistentHash({ loadBound }) });
      const weight = set.reduce((sum, one) => sum + one.weight, 0);
      const loads = new Map<string, number>();
      for (let total = 1; total <= 200; total += 1) {
        const { instance: chosen } = balancer.acquire({ key: 'hot' });
        const load = (loads.get(chosen.id) ?? 0) + 1;
        loads.set(chosen.id, load);
        expect(load).toBeLessThanOrEqual(Math.ceil((loadBound * total * chosen.weight) / weight));
      }
    }),
    { numRuns: 50 },
  ));

test('a key goes home when the load is over, and stays there without a bound', () => {
  const source = settableSource(instances(10));
  const bounded = createBalancer(source, { policy: consistentHash() });
  const home = bounded.pick({ key: 'hot' }).id;
  const calls = Array.from({ length: 30 }, () => bounded.acquire({ key: 'hot' }));
  expect(tally(calls.map((call) => call.instance.id)).size).toBeGreaterThan(5);
  for (const call of calls) call.done('success');
  expect(bounded.pick({ key: 'hot' }).id).toBe(home);
  const unbounded = createBalancer(source, { policy: consistentHash({ loadBound: Infinity }) });
  expect(tally(Array.from({ length: 30 }, () => unbounded.acquire({ key: 'hot' }).instance.id))).toEqual(
    new Map([[home, 30]]),
  );
});

test('a call without a key is refused', () => {
  const balancer = createBalancer(settableSource(instances(2)), { policy: consistentHash() });
  expect(() => balancer.pick()).toThrow('context.key: expected a string, by which consistentHash() chooses');
});

test('a retry of a key goes where the key goes when its owner leaves', () => {
  const set = instances(10);
  const source = settableSource(set);
  using balancer = createBalancer(source, { policy: consistentHash() });
  for (const key of keys.slice(0, 100)) {
    source.set(set);
    const owner = balancer.pick({ key });
    const retried = balancer.pick({ key, avoid: new Set([owner.id]) });
    source.set(set.filter((one) => one !== owner));
    expect(retried).toBe(balancer.pick({ key }));
  }
});
