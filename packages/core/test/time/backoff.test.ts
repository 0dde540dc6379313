import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { backoffMs } from '../../src/time/backoff.ts';

const anyTerms = fc.record({
  baseMs: fc.double({ min: 1, max: 1_000, noNaN: true }),
  capMs: fc.double({ min: 1, max: 60_000, noNaN: true }),
});
const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('R6: a pause lies between a millisecond and a bound that doubles up to the cap', () =>
  check(
    fc.property(fc.integer({ min: 1, max: 5_000 }), anyTerms, anyRandom, (attempt, terms, random) => {
      const ms = backoffMs(attempt, terms, () => random);
      const bound = Math.min(terms.capMs, terms.baseMs * 2 ** (attempt - 1));
      expect(ms).toBeGreaterThanOrEqual(1);
      expect(ms).toBeLessThanOrEqual(bound);
      expect(ms).toBeCloseTo(Math.max(1, random * bound), 6);
      expect(backoffMs(attempt + 1, terms, () => random)).toBeGreaterThanOrEqual(ms);
    }),
  ));

test('R6: the bounds of base 100 and cap 1,000', () => {
  const bounds = [1, 2, 3, 4, 5, 6, 10_000].map((attempt) =>
    backoffMs(attempt, { baseMs: 100, capMs: 1_000 }, () => 1),
  );
  expect(bounds).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
});
