import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { Arcs } from '../../src/hashing/arcs.ts';

const anyNumber = fc.integer({ min: 0, max: 2 ** 32 - 1 });
/** Some far apart, and some close together. */
const anyEnds = fc
  .uniqueArray(fc.oneof(anyNumber, fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1)), {
    minLength: 1,
    maxLength: 200,
  })
  .map((ends) => ends.toSorted((a, b) => a - b));

test('a number belongs to the first arc that does not end before it, and behind the last end to the first arc', () =>
  check(
    fc.property(anyEnds, fc.array(anyNumber), (ends, numbers) => {
      const arcs = new Arcs(
        Uint32Array.from(ends),
        Uint32Array.from(ends, (_, arc) => 1_000 + arc),
      );
      const near = ends.flatMap((end) => [end - 1, end, end + 1]).filter((one) => one >= 0 && one < 2 ** 32);
      for (const number of [...numbers, ...near]) {
        const arc = Math.max(
          0,
          ends.findIndex((end) => end >= number),
        );
        expect([arcs.arcOf(number), arcs.ownerOf(number), arcs.ownerOf(number | 0)]).toEqual([
          arc,
          1_000 + arc,
          1_000 + arc,
        ]);
      }
    }),
  ));
