import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { fieldError, keyPath, kindOf, pathError, shown } from '../../src/instance/field-error.ts';
import { anyHostile, hostileValues, revokedProxy } from './hostile-values.ts';

test('I6: a message has the path, what was expected and what came', () => {
  expect(fieldError('endpoints[1].port', 'an integer', 'x')).toEqual(
    new TypeError('endpoints[1].port: expected an integer, got "x"'),
  );
  expect(fieldError('', 'an instance', null)).toEqual(new TypeError('expected an instance, got null'));
});

test('I6: a problem in other words keeps path and cause', () => {
  const cause = new Error('why');
  const error = pathError('a.b', 'cannot be', { cause });
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: 'a.b: cannot be', cause });
});

test.each([
  ['', 'weight', 'weight'],
  ['metadata', 'größe', 'metadata.größe'],
  ['metadata', 'a b', 'metadata["a b"]'],
  ['metadata', '', 'metadata[""]'],
  ['', '0', '["0"]'],
  ['a', 'k'.repeat(61), `a["${'k'.repeat(60)}…" (61 characters)]`],
])('I6: in %j the key %j is called %j', (path, key, expected) => {
  expect(keyPath(path, key)).toBe(expected);
});

test.each([
  ['plain', '"plain"'],
  ['line\nbreak \u009b"', String.raw`"line\nbreak \u009b\""`],
  ['\ud800', String.raw`"\ud800"`],
  ['x'.repeat(60), `"${'x'.repeat(60)}"`],
  ['x'.repeat(61), `"${'x'.repeat(60)}…" (61 characters)`],
  [`${'x'.repeat(59)}🦊`, `"${'x'.repeat(59)}…" (61 characters)`],
  [0, '0'],
  [-0, '-0'],
  [Number.NaN, 'NaN'],
  [true, 'true'],
  [undefined, 'undefined'],
  [null, 'null'],
  [10n, 'a bigint'],
  [Symbol('secret'), 'a symbol'],
  [expect, 'a function'],
  [[1], 'an array'],
  [{}, 'an object'],
  [Object.create(null), 'an object'],
  [Object.create({}), 'an object with a prototype of its own'],
  [Object.create({ constructor: 'x' }), 'an object with a prototype of its own'],
  [
    Object.create({ constructor: Object.defineProperty(() => {}, 'name', { value: 'a b' }) }),
    'an object with a prototype of its own',
  ],
  [new URL('http://user:secret@host'), 'an instance of URL'],
])('I6: what came is shown safely, case %#', (value, expected) => {
  expect(shown(value)).toBe(expected);
});

test.each([
  'https://user:secret@host:80',
  'user:secret@host',
  'secret@host',
  'http://user:secret%40host',
  `http://${'x'.repeat(80)}:secret@host`,
  'http://host/?token=secret',
  'http://host#secret',
])('E2: %j, which may hold credentials, is not shown', (text) => {
  expect(shown(text)).toBe(`a string of ${text.length} characters, not shown because it may hold credentials`);
  expect(keyPath('metadata', text)).not.toContain('secret');
});

test('I6: what cannot be looked at is shown as such', () => {
  expect(shown(revokedProxy({}))).toBe('an object that cannot be inspected');
});

test('E2: a kind tells nothing of the content', () => {
  expect([kindOf('secret'), kindOf(1), kindOf(undefined), kindOf({ a: 'secret' })]).toEqual([
    'a string',
    'a number',
    'undefined',
    'an object',
  ]);
});

test.each(hostileValues)('I6: %s can be shown', (_, value) => {
  expect(shown(value).length).toBeLessThan(120);
});

test('I6: showing never throws, and is short', () =>
  check(
    fc.property(anyHostile, fc.string({ unit: 'binary' }), ({ value }, key) => {
      expect(shown(value).length).toBeLessThan(400);
      expect(keyPath('', key)).not.toBe('');
    }),
  ));
