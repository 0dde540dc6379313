import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { subset } from '../../src/index.ts';
import { instance, instances, tally } from '../settable-source.ts';

test('a caller has the same few whoever comes or goes, but for one', () =>
  check(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.string({ minLength: 1 }),
      (count, size, caller) => {
        const filter = subset({ size, caller });
        const set = instances(count);
        const chosen = filter(set);
        expect(chosen).toHaveLength(Math.min(size, count));
        expect(chosen).toEqual(set.filter((one) => chosen.includes(one)));
        for (const gone of chosen.slice(0, 3)) {
          const next = filter(set.filter((one) => one !== gone));
          expect(chosen.filter((one) => one !== gone && !next.includes(one))).toEqual([]);
        }
        const more = filter([...set, instance('zz')]);
        expect(chosen.filter((one) => !more.includes(one)).length).toBeLessThanOrEqual(1);
      },
    ),
  ));

test('over many callers all instances are about as likely', () => {
  const set = instances(20);
  const counts = tally(
    Array.from({ length: 4_000 }, (_, index) => subset({ size: 5, caller: `caller-${index}` })(set)).flatMap((few) =>
      few.map(({ id }) => id),
    ),
  );
  expect(counts.size).toBe(20);
  // 1,000 each on average, with a standard deviation of 27.
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(170);
});
