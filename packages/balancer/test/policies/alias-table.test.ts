import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { AliasTable } from '../../src/policies/alias-table.ts';
import { instance } from '../settable-source.ts';

test('each has exactly its weight times the number of columns, whatever the weights', () =>
  check(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 60, size: 'max' }),
      (weights) => {
        const one = instance('a');
        const table = new AliasTable(weights.map((weight) => ({ instance: one, weight, inFlight: 0 })));
        const areas = weights.map(() => 0);
        for (const [column, own] of table.own.entries()) {
          expect(own).toBeGreaterThanOrEqual(0);
          expect(own).toBeLessThanOrEqual(table.height);
          areas[column] = (areas[column] ?? 0) + own;
          const other = table.other[column] ?? -1;
          areas[other] = (areas[other] ?? Number.NaN) + table.height - own;
        }
        expect(areas).toEqual(weights.map((weight) => weight * weights.length));
      },
    ),
  ));
