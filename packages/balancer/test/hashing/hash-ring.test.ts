import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { HashRing } from '../../src/hashing/hash-ring.ts';
import { textHash } from '../../src/hashing/text-hash.ts';
import type { Candidate } from '../../src/policies/policy.ts';
import { instance, tally } from '../settable-source.ts';

const hashes = Array.from({ length: 200 }, (_, index) => textHash(`${index}`));

const anySet = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(1, 50, 100, 250)), {
    selector: ([number]) => number,
    maxLength: 15,
  })
  .map((all) =>
    all
      .map(([number, weight]) => candidate(`i${number}`, weight))
      .toSorted((a, b) => (a.instance.id < b.instance.id ? -1 : 1)),
  );

function arcsOf(ring: HashRing<Candidate>): readonly (string | undefined)[] {
  return Array.from({ length: ring.size }, (_, point) => ring.ownerAt(point)?.instance.id);
}

function candidate(id: string, weight: number): Candidate {
  return { instance: instance(id), weight, inFlight: 0 };
}

test('a ring that came about by changes is the one that is made at once', () =>
  check(
    fc.property(fc.array(anySet, { minLength: 1, maxLength: 6 }), (sets) => {
      const changed = new HashRing<Candidate>(20);
      for (const set of sets) {
        changed.replace(set);
        const made = new HashRing<Candidate>(20);
        made.replace(set);
        expect(arcsOf(changed)).toEqual(arcsOf(made));
        for (const hash of hashes) expect(changed.ownerOf(hash)).toBe(changed.ownerAt(changed.pointOf(hash)));
      }
    }),
    { numRuns: 50 },
  ));

test('weights that are too many for the ring have fewer points in the same proportions', () => {
  const ring = new HashRing<Candidate>(128);
  const candidates = Array.from({ length: 100 }, (_, index) => candidate(`i${index}`, index === 0 ? 32_768 : 65_535));
  ring.replace(candidates.toSorted((a, b) => (a.instance.id < b.instance.id ? -1 : 1)));
  expect(ring.size).toBeLessThanOrEqual(2 ** 21);
  const counts = tally(
    Array.from({ length: 199_000 }, (_, index) => ring.ownerOf(textHash(`${index}`))?.instance.id ?? 'nobody'),
  );
  expect(counts.size).toBe(100);
  expect(Math.abs((counts.get('i0') ?? 0) - 1_000)).toBeLessThan(200);
  expect(Math.abs((counts.get('i1') ?? 0) - 2_000)).toBeLessThan(300);
});

test('the smallest weight still has a point', () => {
  const ring = new HashRing<Candidate>(1);
  ring.replace([candidate('a', 1), candidate('b', 65_535)]);
  expect(ring.size).toBe(1 + 655);
});
