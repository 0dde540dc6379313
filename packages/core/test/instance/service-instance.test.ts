import fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { afterEach, expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { encodeInstance } from '../../src/instance/instance-codec.ts';
import { instanceKeys } from '../../src/instance/instance-fields.ts';
import { sameInstance } from '../../src/instance/same-instance.ts';
import type { InstancePatch, ServiceInstance, ServiceInstanceInit } from '../../src/instance/instance.ts';
import { patchInstance, serviceInstance } from '../../src/instance/service-instance.ts';
import { anyHostile, hostileValues, pollute, throwing } from './hostile-values.ts';
import { anyInit, fullInit, refusal, sampleInit, thrownBy } from './sample-inits.ts';

/** As a caller without types would. */
function made(init: unknown): ServiceInstance {
  return serviceInstance(init as never);
}

function madeWith(fields: object): ServiceInstance {
  return made({ ...sampleInit(), ...fields });
}

function patched(patch: unknown): ServiceInstance {
  return patchInstance(serviceInstance(fullInit), patch as never);
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every((part) => isDeeplyFrozen(part));
}

function withoutIdentity({ service: _service, id: _id, ...patch }: ServiceInstanceInit): InstancePatch {
  return patch;
}

/** Text that makes the sample exactly as large as the bound when it is its only metadata. */
function filling(unit: string): string {
  const empty = Buffer.byteLength(encodeInstance(serviceInstance(sampleInit({ metadata: { key: '' } }))));
  const room = 16_384 - empty;
  const count = Math.floor(room / Buffer.byteLength(unit));
  return unit.repeat(count) + 'x'.repeat(room - count * Buffer.byteLength(unit));
}

afterEach(() => {
  for (const key of ['zone', 'env', 'a']) Reflect.deleteProperty(Object.prototype, key);
});

test('I3: a service and an endpoint are enough', () => {
  const instance = serviceInstance(sampleInit());
  expect(instance).toStrictEqual({
    service: 'greeter',
    id: '10.1.1.60:9081',
    endpoints: [{ scheme: 'grpc', host: '10.1.1.60', port: 9081 }],
    status: 'up',
    weight: 100,
    metadata: {},
  });
});

test('I3: the id comes from the first endpoint, with brackets around IPv6', () => {
  expect(madeWith({ endpoints: ['http://[::1]', 'http://other'] }).id).toBe('[::1]:80');
});

test('I3: a default id over the bound asks for one', () => {
  const host = 'h'.repeat(253);
  expect(madeWith({ endpoints: [{ scheme: 'http', host: host.slice(1), port: 80 }] }).id).toHaveLength(255);
  expect(refusal(() => madeWith({ endpoints: [{ scheme: 'http', host, port: 80 }] }))).toBe(
    'id: host:port, the default, has 256 UTF-8 bytes, more than 255; give an id',
  );
  expect(madeWith({ id: 'given', endpoints: [{ scheme: 'http', host, port: 80 }] }).id).toBe('given');
});

test('I7: every field comes out as it went in, in a fixed order', () => {
  const instance = serviceInstance(fullInit);
  expect(instance).toStrictEqual(fullInit);
  expect(Object.keys(instance)).toEqual(instanceKeys);
  const reversed = Object.fromEntries(Object.entries(fullInit).toReversed());
  expect(Object.keys(made(reversed))).toEqual(instanceKeys);
  expect(instanceKeys.toSorted()).toEqual(Object.keys(fullInit).toSorted());
});

test('I6: undefined means the default, and leaves nothing behind', () => {
  const nothing = Object.fromEntries(instanceKeys.map((key) => [key, undefined]));
  expect(made({ ...nothing, ...sampleInit() })).toStrictEqual(serviceInstance(sampleInit()));
});

test('I7: what is done to the input afterwards changes nothing', () => {
  const endpoints = [{ scheme: 'http', host: 'h', port: 80 }];
  const metadata: Record<string, string> = { a: '1' };
  const instance = madeWith({ endpoints, metadata });
  endpoints.push({ scheme: 'http', host: 'i', port: 80 });
  metadata['a'] = '2';
  expect(instance.endpoints).toHaveLength(1);
  expect(instance.metadata).toEqual({ a: '1' });
  expect(Object.isFrozen(endpoints) || Object.isFrozen(metadata)).toBe(false);
});

test('I7: metadata keeps an own __proto__ and is an ordinary object', () => {
  const { metadata } = made({ ...sampleInit(), metadata: JSON.parse('{"__proto__":"x","toString":"y","":"z"}') });
  expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
  expect(Object.entries(metadata)).toEqual([
    ['__proto__', 'x'],
    ['toString', 'y'],
    ['', 'z'],
  ]);
});

test('I6: what Object.prototype was polluted with is never taken over', () => {
  for (const key of ['zone', 'env', 'a']) {
    pollute(Object.prototype, key);
  }
  const instance = patchInstance(serviceInstance(sampleInit()), { weight: 1, metadata: { b: '' } });
  expect(Object.keys(instance)).toEqual(['service', 'id', 'endpoints', 'status', 'weight', 'metadata']);
  expect(Object.keys(instance.metadata)).toEqual(['b']);
});

test.each([
  [{ weight: 0 }, 'weight', 0],
  [{ weight: 65_535 }, 'weight', 65_535],
  [{ weight: -0 }, 'weight', 0],
  [{ status: 'starting' }, 'status', 'starting'],
  [{ status: 'out-of-service' }, 'status', 'out-of-service'],
  [{ env: '' }, 'env', ''],
  [{ version: '\u0000\u009f 🦊' }, 'version', '\u0000\u009f 🦊'],
] as const)('I4: a value at the edge is taken, case %#', (fields, key, value) => {
  expect(madeWith(fields)[key]).toBe(value);
});

test.each([
  [{ service: undefined }, 'service: expected a string, got undefined'],
  [{ service: '' }, 'service: expected at least one character'],
  [{ id: '' }, 'id: expected at least one character'],
  [{ id: null }, 'id: expected a string, got null'],
  [{ id: 'a\u0000' }, 'id: expected text without control characters'],
  [{ id: 'é'.repeat(128) }, 'id: expected at most 255 UTF-8 bytes and not 256'],
  [{ endpoints: undefined }, 'endpoints: expected an array of endpoints, got undefined'],
  [
    { endpoints: 'https://user:secret@host' },
    'endpoints: expected an array of endpoints, got a string of 24 characters',
  ],
  [{ endpoints: [] }, 'endpoints: expected at least one endpoint, got none'],
  [{ endpoints: { 0: 'http://h', length: 1 } }, 'endpoints: expected an array of endpoints, got an object'],
  [{ endpoints: ['http://h', 'http://h:0'] }, 'endpoints[1].port: expected an integer from 1 to 65535'],
  [{ endpoints: ['http://h', 'http://h', null] }, 'endpoints[2]: expected an endpoint'],
  [
    { endpoints: Array.from({ length: 469 }).fill('a://b:1') },
    'endpoints: expected an array of endpoints, at most 468',
  ],
  [{ status: 'down' }, 'status: expected one of starting, up, draining, out-of-service, got "down"'],
  [{ status: 'Up' }, 'status: expected one of'],
  [{ status: null }, 'status: expected one of starting, up, draining, out-of-service, got null'],
  [{ weight: -1 }, 'weight: expected an integer from 0 to 65535, got -1'],
  [{ weight: 65_536 }, 'weight: expected an integer from 0 to 65535, got 65536'],
  [{ weight: 1.5 }, 'weight: expected an integer from 0 to 65535, got 1.5'],
  [{ weight: Number.NaN }, 'weight: expected an integer from 0 to 65535, got NaN'],
  [{ weight: Number.POSITIVE_INFINITY }, 'weight: expected an integer from 0 to 65535, got Infinity'],
  [{ weight: '1' }, 'weight: expected an integer from 0 to 65535, got "1"'],
  [{ weight: 1n }, 'weight: expected an integer from 0 to 65535, got a bigint'],
  [{ weight: null }, 'weight: expected an integer from 0 to 65535, got null'],
  [{ env: 1 }, 'env: expected a string, got 1'],
  [{ region: null }, 'region: expected a string, got null'],
  [{ zone: Object('z') }, 'zone: expected a string, got an instance of String'],
  [{ deployment: '\ud800' }, 'deployment: expected text without lone surrogates'],
  [{ version: '\udc00' }, 'version: expected text without lone surrogates'],
  [{ frameworkVersion: ['1'] }, 'frameworkVersion: expected a string, got an array'],
  [{ buildTime: '2024-02-30T00:00:00Z' }, 'buildTime: expected an ISO 8601 instant'],
  [
    { startTime: new Date(0) },
    'startTime: expected an ISO 8601 instant such as "2024-02-29T12:30:00Z", got an instance',
  ],
  [{ metadata: null }, 'metadata: expected a map from string to string (a plain object), got null'],
  [{ metadata: new Map() }, 'metadata: expected a map from string to string (a plain object), got an instance of Map'],
  [{ metadata: { a: 1 } }, 'metadata.a: expected a string, got a number'],
  [{ metadata: { a: undefined } }, 'metadata.a: expected a string, got undefined'],
  [{ metadata: { 'a b': null } }, 'metadata["a b"]: expected a string, got null'],
  [{ metadata: { password: 'secret\ud800' } }, 'metadata.password: expected text without lone surrogates'],
  [{ metadata: { '\ud800': '' } }, String.raw`metadata["\ud800"]: expected a key without lone surrogates`],
  [{ metadata: { [Symbol('s')]: '' } }, 'metadata: a map from string to string has string keys only, got a symbol'],
  [{ wieght: 1 }, 'wieght: unknown key; known are service, id, endpoints, status, weight, metadata, env'],
  [{ host: undefined }, 'host: unknown key'],
  [{ [Symbol('s')]: 1 }, 'an instance has string keys only, got a symbol'],
])('I6: a bad field is refused by its path, case %#', (fields, message) => {
  const refused = refusal(() => madeWith(fields));
  expect(refused.slice(0, message.length)).toBe(message);
  expect(refused).not.toContain('secret');
});

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['http://h', '"http://h"'],
  [[sampleInit()], 'an array'],
  [Object.create(sampleInit()), 'an object with a prototype of its own'],
])('I6: no instance at all, case %#', (value, came) => {
  expect(refusal(() => made(value))).toBe(`expected an instance (a plain object), got ${came}`);
});

test('I6: a getter or a hole among the endpoints is refused by its path', () => {
  const sparse = ['http://a', 'http://b'];
  sparse.length = 3;
  expect(refusal(() => madeWith({ endpoints: sparse }))).toMatch(
    /^endpoints\[2\]: expected an endpoint, .* got undefined$/,
  );
  const hostile = Object.defineProperty(['http://a', 'http://b', ''], 2, { get: throwing });
  expect(thrownBy(() => madeWith({ endpoints: hostile }))).toMatchObject({
    message: 'endpoints[2]: reading it threw; see cause',
    cause: new RangeError('from the trap'),
  });
});

test('I6: each property is read once', () => {
  const reads: string[] = [];
  const counted = (name: string, target: object): object =>
    new Proxy(target, {
      get(from, key) {
        reads.push(`${name}.${String(key)}`);
        return Reflect.get(from, key);
      },
    });
  const endpoints = counted('endpoints', [counted('endpoint', { scheme: 'http', host: 'h', port: 1 })]);
  made(counted('init', { ...fullInit, endpoints, metadata: counted('metadata', { a: '' }) }));
  expect(new Set(reads).size).toBe(reads.length);
  expect(reads).toHaveLength(instanceKeys.length + 2 + 3 + 1);
});

test.each(['x', 'é', '€', '🦊', '\u0000', '"'])('I5: %j fits up to 16 KiB exactly, encoded in UTF-8', (unit) => {
  const text = unit === '\u0000' || unit === '"' ? unit + filling('x').slice(unit === '"' ? 2 : 6) : filling(unit);
  const instance = serviceInstance(sampleInit({ metadata: { key: text } }));
  expect(Buffer.byteLength(encodeInstance(instance))).toBe(16_384);
  const message = 'expected an instance of at most 16384 bytes (16 KiB) encoded, got 16385 bytes';
  expect(refusal(() => serviceInstance(sampleInit({ metadata: { key: `${text}x` } })))).toBe(message);
  expect(refusal(() => patchInstance(instance, { weight: 1000 }))).toBe(message);
});

test.each(hostileValues)('I6: %s is either taken or a TypeError, wherever it stands', (_, value) => {
  for (const input of [
    value,
    ...instanceKeys.map((key) => ({ ...fullInit, [key]: value })),
    sampleInit({ endpoints: [value as never] }),
    sampleInit({ metadata: { a: value as never } }),
  ]) {
    const error = thrownBy(() => made(input));
    expect(error === undefined || error instanceof TypeError).toBe(true);
  }
});

test('I6: no input makes anything but a TypeError', () =>
  check(
    fc.property(fc.constantFrom('', ...instanceKeys), anyHostile, (key, { value }) => {
      for (const input of key === ''
        ? [value]
        : [
            { ...fullInit, [key]: value },
            { ...fullInit, [key]: [value] },
            { ...fullInit, [key]: { key: value } },
          ]) {
        for (const error of [thrownBy(() => made(input)), thrownBy(() => patched(input))]) {
          expect(error === undefined || error instanceof TypeError).toBe(true);
        }
      }
    }),
    { numRuns: 500 },
  ));

test('I7: any valid instance is deeply frozen and complete', () =>
  check(
    fc.property(anyInit, (init) => {
      const instance = serviceInstance(init);
      expect(isDeeplyFrozen(instance)).toBe(true);
      expect(Object.values(instance)).not.toContain(undefined);
      const { endpoints, weight = 100, ...others } = init;
      const given = Object.entries(others).filter(([, value]) => value !== undefined);
      expect(instance).toMatchObject({ ...Object.fromEntries(given), weight: weight + 0 });
      expect(instance.endpoints).toHaveLength(endpoints.length);
    }),
  ));

test('I7: an instance is an init of itself', () =>
  check(
    fc.property(anyInit, (init) => {
      const instance = serviceInstance(init);
      const again = serviceInstance(instance);
      expect(again).toStrictEqual(instance);
      expect(sameInstance(again, instance)).toBe(true);
    }),
  ));

test('R5: a patch keeps what is absent, and identity', () => {
  const instance = serviceInstance(fullInit);
  expect(patchInstance(instance, {})).toStrictEqual(instance);
  expect(patched({ status: 'up', zone: 'b' })).toStrictEqual({ ...fullInit, status: 'up', zone: 'b' });
});

test('R5: undefined in a patch brings the default back, or removes the field', () => {
  const instance = patched({ status: undefined, weight: undefined, metadata: undefined, zone: undefined });
  const { zone: _, ...others } = fullInit;
  expect(instance).toStrictEqual({ ...others, status: 'up', weight: 100, metadata: {} });
});

test('R5: metadata and endpoints are replaced whole', () => {
  const instance = patched({ metadata: { only: 'this' }, endpoints: ['http://h'] });
  expect(instance.metadata).toStrictEqual({ only: 'this' });
  expect(instance.endpoints).toStrictEqual([{ scheme: 'http', host: 'h', port: 80 }]);
});

test('I1: a default id stays when the endpoint it came from is replaced', () => {
  const instance = serviceInstance(sampleInit());
  expect(patchInstance(instance, { endpoints: ['http://h'] }).id).toBe('10.1.1.60:9081');
});

test.each([
  [{ service: 'b' }, 'service: identity cannot change'],
  [{ id: 'b' }, 'id: identity cannot change'],
  [{ id: undefined }, 'id: identity cannot change'],
  [{ service: fullInit.service }, 'service: identity cannot change'],
  [{ endpoints: undefined }, 'endpoints: expected an array of endpoints, got undefined'],
  [{ endpoints: [] }, 'endpoints: expected at least one endpoint'],
  [{ weight: null }, 'weight: expected an integer'],
  [{ wieght: 1 }, 'wieght: unknown key'],
  [null, 'expected a patch of an instance (a plain object), got null'],
  [[], 'expected a patch of an instance (a plain object), got an array'],
])('I6: a bad patch is refused, case %#', (patch, message) => {
  expect(refusal(() => patched(patch))).toContain(message);
});

test('R5: a patch gives what the init with those fields would give', () =>
  check(
    fc.property(anyInit, anyInit, (init, other) => {
      const instance = serviceInstance(init);
      const patch = withoutIdentity(other);
      const result = patchInstance(instance, patch);
      expect(result).toStrictEqual(serviceInstance({ ...init, ...patch, id: instance.id }));
      expect(isDeeplyFrozen(result)).toBe(true);
    }),
  ));
