import type { ServiceInstance } from '@rollcall/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { canary, consistentHash, createBalancer, leastOutstanding, roundRobin } from '../../src/index.ts';
import { instance, settableSource } from '../settable-source.ts';

const isCanary = ({ deployment }: ServiceInstance): boolean => deployment === 'canary';
const set = [
  instance('c', { deployment: 'canary', weight: 1 }),
  instance('s1'),
  instance('s2', { weight: 65_535 }),
  instance('s3', { deployment: 'blue' }),
];

test('of any number of calls the canary has its share, give or take less than one', () =>
  check(
    fc.property(
      fc.integer({ min: 0, max: 1_000 }),
      fc.integer({ min: 1, max: 3_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (perMille, calls, start) => {
        const policy = canary({ is: isCanary, share: perMille / 1_000, policy: roundRobin() });
        const balancer = createBalancer(settableSource(set), { policy, random: () => start });
        let canaries = 0;
        for (let call = 1; call <= calls; call += 1) {
          if (balancer.pick().id === 'c') canaries += 1;
          expect(Math.abs(canaries - (call * perMille) / 1_000)).toBeLessThan(1);
        }
      },
    ),
  ));

test('the header decides before the share', () => {
  const policy = canary({ is: isCanary, share: 0.5, header: 'x-canary', policy: roundRobin() });
  const balancer = createBalancer(settableSource(set), { policy });
  for (let call = 0; call < 20; call += 1) {
    expect(balancer.pick({ headers: { 'x-canary': 'always' } }).id).toBe('c');
    expect(balancer.pick({ headers: { 'x-canary': 'never' } }).id).not.toBe('c');
  }
  const others = Array.from({ length: 20 }, () => balancer.pick({ headers: { 'x-canary': 'whatever' } }).id);
  expect(others.filter((id) => id === 'c')).toHaveLength(10);
});

test('a key stays on its side, and a share that grows takes keys from the rest only', () => {
  const keys = Array.from({ length: 5_000 }, (_, index) => `user-${index}`);
  let before = new Set<string>();
  for (const share of [0, 0.05, 0.1, 0.5, 1]) {
    const policy = canary({ is: isCanary, share, policy: consistentHash() });
    const balancer = createBalancer(settableSource(set), { policy });
    const now = new Set(keys.filter((key) => isCanary(balancer.pick({ key }))));
    expect(keys.filter((key) => isCanary(balancer.pick({ key })))).toEqual([...now]);
    expect([...before].filter((key) => !now.has(key))).toEqual([]);
    expect(Math.abs(now.size / keys.length - share)).toBeLessThan(0.03);
    before = now;
  }
});

test('while one side has nobody, the other has all calls', () => {
  const source = settableSource(set);
  const balancer = createBalancer(source, {
    policy: canary({ is: isCanary, share: 0.5, header: 'x-canary', policy: roundRobin() }),
  });
  source.set([instance('s1')]);
  expect(balancer.pick({ headers: { 'x-canary': 'always' } }).id).toBe('s1');
  source.set([instance('c', { deployment: 'canary' })]);
  expect(balancer.pick({ headers: { 'x-canary': 'never' } }).id).toBe('c');
  source.set([]);
  expect(() => balancer.pick()).toThrow('none is listed');
});

test('either side learns from its own calls', () => {
  const source = settableSource([...set.slice(1), instance('c', { deployment: 'canary' })]);
  const policy = canary({ is: isCanary, share: 0.5, policy: consistentHash({ loadBound: 1.1 }) });
  const balancer = createBalancer(source, { policy });
  const key = Array.from({ length: 100 }, (_, index) => `k${index}`).find(
    (one) => !isCanary(balancer.pick({ key: one })),
  );
  const calls = Array.from({ length: 30 }, () => balancer.acquire({ key }));
  expect(calls.filter(({ instance: one }) => isCanary(one))).toEqual([]);
  for (const call of calls) call.done('success');
  const balanced = createBalancer(source, { policy: canary({ is: isCanary, share: 0.5, policy: leastOutstanding() }) });
  const held = Array.from({ length: 20 }, () => balanced.acquire());
  expect(held.filter(({ instance: one }) => isCanary(one))).toHaveLength(10);
});

test.each([
  [{ share: 0.1, policy: roundRobin() }, 'options.is: expected a function, got undefined'],
  [
    { is: isCanary, share: 5, policy: roundRobin() },
    'options.share: expected a finite number from 0, at most 1, got 5',
  ],
  [
    { is: isCanary, share: 0, header: 'X-Canary', policy: roundRobin() },
    'options.header: expected a name in lower case',
  ],
  [{ is: isCanary, share: 0 }, 'options.policy: expected a policy, such as roundRobin(), got undefined'],
  [{ is: isCanary, shares: 0, policy: roundRobin() }, 'canary: options.shares: unknown key'],
])('bad options are refused: %#', (options, message) => {
  expect(() => canary(options as never)).toThrow(message);
});
