import type { ServiceInstance } from '@rollcall/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { preferZone } from '../../src/index.ts';
import { instance } from '../settable-source.ts';

function inZones(counts: Readonly<Record<string, number>>): ServiceInstance[] {
  return Object.entries(counts).flatMap(([zone, count]) =>
    Array.from({ length: count }, (_, index) => instance(`${zone}${index}`, { zone })),
  );
}

function weightOf(chosen: readonly ServiceInstance[]): number {
  return chosen.reduce((sum, { weight }) => sum + weight, 0);
}

const filter = preferZone({ zone: 'a', caller: 'caller-1' });

test('calls stay in the zone while it has enough', () => {
  const set = inZones({ a: 7, b: 10, c: 10 });
  expect(filter(set)).toEqual(set.filter(({ zone }) => zone === 'a'));
});

test('as many others are taken in as the zone lacks', () => {
  const set = inZones({ a: 3, b: 10, c: 10 });
  // Each zone is due 23 / 3 instances, and 0.7 of that is 5.4.
  const chosen = filter(set);
  expect(chosen).toHaveLength(6);
  expect(chosen.filter(({ zone }) => zone === 'a')).toHaveLength(3);
});

test('with nobody in the zone all are taken', () => {
  const set = inZones({ b: 3, c: 1 });
  expect(filter(set)).toEqual(set);
});

test('callers spill over to different instances', () => {
  const set = inZones({ a: 1, b: 50 });
  const taken = new Set<string>();
  for (let caller = 0; caller < 20; caller += 1) {
    const options = { zone: 'a', caller: `caller-${caller}`, demand: 0.04, enough: 1 };
    for (const { id } of preferZone(options)(set)) taken.add(id);
  }
  expect(taken.size).toBeGreaterThan(10);
});

const anySet = fc
  .uniqueArray(
    fc.record({
      number: fc.nat(40),
      zone: fc.constantFrom('a', 'b', 'c', undefined),
      weight: fc.integer({ min: 1, max: 300 }),
    }),
    { selector: ({ number }) => number, maxLength: 40, size: 'max' },
  )
  .map((all) => all.map(({ number, zone, weight }) => instance(`i${number}`, { zone, weight })));

const anyPart = fc.double({ min: 0.01, max: 1, noNaN: true });

test('the whole zone is in it, with what it lacks and no instance more', () =>
  check(
    fc.property(anySet, anyPart, anyPart, (others, demand, enough) => {
      const set = [instance('a', { zone: 'a', weight: 7 }), ...others];
      const chosen = preferZone({ zone: 'a', caller: 'me', demand, enough })(set);
      const due = weightOf(set) * demand * enough;
      const spilt = chosen.filter(({ zone }) => zone !== 'a').map(({ weight }) => weight);
      expect(chosen).toEqual(set.filter((one) => one.zone === 'a' || chosen.includes(one)));
      expect(weightOf(chosen)).toBeGreaterThanOrEqual(due - 1e-6);
      // Without the last that was taken in it was not enough; with nobody taken in there is nothing to say.
      expect(spilt.length === 0 || weightOf(chosen) - Math.max(...spilt) <= due + 1e-6).toBe(true);
    }),
  ));

test.each([
  [{ zone: '', caller: 'me' }, 'options.zone: expected a string that is not empty'],
  [{ zone: 'a' }, 'options.caller: expected a string that is not empty, got undefined'],
  [{ zone: 'a', caller: 'me', enough: 0 }, 'options.enough: expected a finite number above 0, at most 1, got 0'],
  [{ zone: 'a', caller: 'me', share: 1 }, 'preferZone: options.share: unknown key'],
])('bad options are refused: %j', (options, message) => {
  expect(() => preferZone(options as never)).toThrow(message);
});
