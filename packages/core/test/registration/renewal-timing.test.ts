import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { grantableTtlMs } from '../../src/registration/lease-terms.ts';
import { renewalBoundMs, renewalDelayMs, renewalRetryMs } from '../../src/registration/renewal-timing.ts';

const anyTtl = fc.double({ min: 1, max: 86_400_000, noNaN: true });
const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('L4: a renewal follows the last one after T/3, give or take 10 %', () =>
  check(
    fc.property(anyTtl, anyRandom, (ttlMs, random) => {
      const share = renewalDelayMs(ttlMs, () => random) / ttlMs;
      expect(share).toBeGreaterThanOrEqual(0.9 / 3 - 1e-9);
      expect(share).toBeLessThanOrEqual(1.1 / 3 + 1e-9);
    }),
  ));

test('L4: an attempt lasts at most T/6 and callTimeoutMs, and the next follows within T/12', () =>
  check(
    fc.property(anyTtl, anyRandom, fc.integer({ min: 1, max: 60_000 }), (ttlMs, random, callTimeoutMs) => {
      expect(renewalBoundMs(ttlMs, callTimeoutMs)).toBeLessThanOrEqual(Math.min(ttlMs / 6, callTimeoutMs));
      const retryMs = renewalRetryMs(ttlMs, () => random);
      expect(retryMs).toBeGreaterThan(0);
      expect(retryMs).toBeLessThanOrEqual(ttlMs / 12);
    }),
  ));

test('L4: with the worst jitter and an attempt that fails by its bound, a second one is over before the deadline', () => {
  const ttlMs = 15_000;
  const worst = (): number => 1;
  const first = renewalDelayMs(ttlMs, worst) + renewalBoundMs(ttlMs, Infinity);
  expect(first + renewalRetryMs(ttlMs, worst) + renewalBoundMs(ttlMs, Infinity)).toBeLessThan(ttlMs);
});

const lease = { minTtlMs: 1_500, maxTtlMs: 60_000, granularityMs: 1_000, maxExpiryLagMs: 0 };

test('L1: a TTL is raised to the least the backend grants and rounded up to its granularity', () => {
  expect(grantableTtlMs(1, lease)).toBe(2_000);
  expect(grantableTtlMs(2_000, lease)).toBe(2_000);
  expect(grantableTtlMs(2_000.5, lease)).toBe(3_000);
  expect(grantableTtlMs(60_000, lease)).toBe(60_000);
});

test.each([0, -1, NaN, Infinity, 60_000.5, 61_000])('L1: a TTL of %s ms is refused by its name', (ttlMs) => {
  expect(() => grantableTtlMs(ttlMs, lease)).toThrow(/^options\.ttlMs: expected .* 60000/);
});
