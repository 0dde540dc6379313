import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { instanceKeys } from '../../src/instance/instance-fields.ts';
import { sameInstance } from '../../src/instance/same-instance.ts';
import type { ServiceInstanceInit } from '../../src/instance/instance.ts';
import { serviceInstance } from '../../src/instance/service-instance.ts';
import { anyInit, fullInit } from './sample-inits.ts';

const full = serviceInstance(fullInit);

/** For each field another valid value. */
const changes: Required<ServiceInstanceInit> = {
  service: 'other',
  id: 'other',
  endpoints: ['http://other'],
  status: 'up',
  weight: 8,
  env: 'other',
  region: 'other',
  zone: 'other',
  deployment: 'other',
  version: 'other',
  frameworkVersion: 'other',
  buildTime: '2024-02-29T23:59:59.124Z',
  startTime: '2025-01-01T00:00:00+01:00',
  metadata: {},
};

test('W2: an instance is the same as itself and its copy', () => {
  expect(sameInstance(full, full)).toBe(true);
  expect(sameInstance(full, serviceInstance(fullInit))).toBe(true);
  expect(sameInstance(full, { ...full })).toBe(true);
  expect(sameInstance(full, { ...full, endpoints: [...full.endpoints] })).toBe(true);
  expect(sameInstance(full, { ...full, weight: 0 })).toBe(false);
});

test.each(instanceKeys)('W2: another %s is another instance', (key) => {
  const other = serviceInstance({ ...fullInit, [key]: Object.entries(changes).find(([name]) => name === key)?.[1] });
  expect(sameInstance(full, other)).toBe(false);
  expect(sameInstance(other, full)).toBe(false);
});

const [first, second] = full.endpoints;

test.each([
  ['fewer', [first]],
  ['more', [first, second, second]],
  ['in another order', [second, first]],
  ['another scheme', [first, { ...second, scheme: 'https' }]],
  ['another host', [first, { ...second, host: '::2' }]],
  ['another port', [first, { ...second, port: 81 }]],
])('W2: endpoints that differ: %s', (_, endpoints) => {
  const other = serviceInstance({ ...fullInit, endpoints: endpoints as never });
  expect(sameInstance(full, other)).toBe(false);
  expect(sameInstance(other, full)).toBe(false);
});

test.each([
  [{ a: '1', b: '2' }, { b: '2', a: '1' }, true],
  [{ a: '1', b: '2' }, { a: '1', b: '3' }, false],
  [{ a: '1', b: '2' }, { a: '1', c: '2' }, false],
  [{ a: '1' }, { a: '1', b: '' }, false],
  [{}, JSON.parse('{"__proto__":"1"}'), false],
  [{ a: '1' }, JSON.parse('{"__proto__":"1"}'), false],
  [{ toString: '1' }, { a: '1' }, false],
  [JSON.parse('{"__proto__":"1"}'), JSON.parse('{"__proto__":"1"}'), true],
])('W2: metadata is a set of pairs, case %#', (a, b, expected) => {
  const [left, right] = [a, b].map((metadata) => serviceInstance({ ...fullInit, metadata }));
  if (left === undefined || right === undefined) throw new Error('unreachable');
  expect(sameInstance(left, right)).toBe(expected);
  expect(sameInstance(right, left)).toBe(expected);
});

test('W2: instances are the same exactly when they are deeply equal', () =>
  check(
    fc.property(anyInit, anyInit, fc.subarray([...instanceKeys]), (init, other, keys) => {
      const mixed = { ...init, ...Object.fromEntries(Object.entries(other).filter(([key]) => keys.includes(key))) };
      const [a, b] = [serviceInstance(init), serviceInstance(mixed)];
      expect(sameInstance(a, b)).toBe(isDeepStrictEqual(a, b));
      expect(sameInstance(b, a)).toBe(isDeepStrictEqual(a, b));
    }),
    { numRuns: 300 },
  ));
