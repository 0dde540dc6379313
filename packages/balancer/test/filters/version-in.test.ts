import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { compareVersions, parseVersion } from '../../src/filters/version.ts';
import { versionIn } from '../../src/index.ts';
import { instance } from '../settable-source.ts';

const versions = ['0.0.3', '0.2.0', '0.2.9', '1.2.0-rc.1', '1.2.0', '1.2.7', '1.3.0', '2.0.0-rc.1', '2.0.0', '2.1.0'];
const set = [...versions, undefined, 'latest'].map((version, index) => instance(`i${index}`, { version }));

test.each<[string, string[]]>([
  ['1.2.0', ['1.2.0']],
  ['^1.2.0', ['1.2.0', '1.2.7', '1.3.0']],
  ['^1.2.0-rc.1', ['1.2.0-rc.1', '1.2.0', '1.2.7', '1.3.0']],
  ['^0.2.0', ['0.2.0', '0.2.9']],
  ['^0.0.3', ['0.0.3']],
  ['^0', ['0.0.3', '0.2.0', '0.2.9']],
  ['~1.2', ['1.2.0', '1.2.7']],
  ['~1', ['1.2.0-rc.1', '1.2.0', '1.2.7', '1.3.0']],
  ['1.x', ['1.2.0-rc.1', '1.2.0', '1.2.7', '1.3.0']],
  ['1.2', ['1.2.0', '1.2.7']],
  ['*', versions],
  ['>1.2', ['1.3.0', '2.0.0-rc.1', '2.0.0', '2.1.0']],
  ['>1.2.0', ['1.2.7', '1.3.0', '2.0.0-rc.1', '2.0.0', '2.1.0']],
  ['<=1.2', ['0.0.3', '0.2.0', '0.2.9', '1.2.0-rc.1', '1.2.0', '1.2.7']],
  ['>= 1.3.0 < 2.0.0', ['1.3.0', '2.0.0-rc.1']],
  ['0.2.9 || ^2.0.0', ['0.2.9', '2.0.0', '2.1.0']],
])('%s', (range, expected) => {
  expect(versionIn(range)(set).map(({ version }) => version)).toEqual(expected);
});

test.each(['', 'latest', '1.2.3.4', '>>1', '1.x.3', '^1.2-rc.1', '1.2.0 ||'])('%j is no range', (range) => {
  expect(() => versionIn(range)).toThrow('range: expected a range');
});

const anyVersion = fc
  .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.constantFrom('', '-alpha', '-alpha.1', '-alpha.10', '-alpha.b', '-1'))
  .map(([major, minor, patch, preRelease]) => `${major}.${minor}.${patch}${preRelease}`);

test('versions are in one order, and a release comes after its pre-releases', () =>
  check(
    fc.property(anyVersion, anyVersion, anyVersion, (...texts) => {
      const [a, b, c] = texts.map((text) => parseVersion(text));
      if (a === undefined || b === undefined || c === undefined) throw new Error('not parsed');
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
      const isInOrder = compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0;
      expect(isInOrder && compareVersions(a, c) > 0).toBe(false);
    }),
  ));
