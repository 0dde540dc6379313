import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { RegistryError } from '../../src/errors/registry-error.ts';
import { decodeInstance, encodeInstance, maxEncodedBytes } from '../../src/instance/instance-codec.ts';
import { sameInstance } from '../../src/instance/same-instance.ts';
import { serviceInstance } from '../../src/instance/service-instance.ts';
import { anyInit, fullInit, sampleInit, thrownBy } from './sample-inits.ts';

const least = { v: 1, service: 'a', id: 'b', endpoints: [{ scheme: 'http', host: 'h', port: 80 }] };

function decode(fields: object): unknown {
  return decodeInstance(JSON.stringify({ ...least, ...fields }));
}

test('I5: the bound is 16 KiB', () => {
  expect(maxEncodedBytes).toBe(16 * 1024);
});

test('I7: a record is JSON with its version, and without what is absent', () => {
  expect(encodeInstance(serviceInstance(sampleInit({ zone: 'z' })))).toBe(
    '{"v":1,"service":"greeter","id":"10.1.1.60:9081","endpoints":[{"scheme":"grpc","host":"10.1.1.60","port":9081}],' +
      '"status":"up","weight":100,"metadata":{},"zone":"z"}',
  );
});

test('I7: every field survives the round trip', () => {
  const instance = serviceInstance(fullInit);
  const decoded = decodeInstance(encodeInstance(instance));
  expect(decoded).toStrictEqual(instance);
  expect(Object.entries(decoded.metadata)).toContainEqual(['__proto__', 'own']);
});

test('I7: any instance survives the round trip, frozen', () =>
  check(
    fc.property(anyInit, (init) => {
      const instance = serviceInstance(init);
      const decoded = decodeInstance(encodeInstance(instance));
      expect(decoded).toStrictEqual(instance);
      expect(sameInstance(decoded, instance)).toBe(true);
      expect(
        [decoded, decoded.endpoints, ...decoded.endpoints, decoded.metadata].every((part) => Object.isFrozen(part)),
      ).toBe(true);
      expect(encodeInstance(decoded)).toBe(encodeInstance(instance));
    }),
  ));

test('I7: an instance of exactly 16 KiB survives the round trip', () => {
  const empty = encodeInstance(serviceInstance(sampleInit({ metadata: { key: '' } }))).length;
  const instance = serviceInstance(sampleInit({ metadata: { key: 'x'.repeat(maxEncodedBytes - empty) } }));
  expect(decodeInstance(encodeInstance(instance))).toStrictEqual(instance);
});

test('D5: fields of newer versions are ignored, also in endpoints', () => {
  const decoded = decode({ owner: { a: [1] }, __proto__x: 1, endpoints: [{ ...least.endpoints[0], tls: true }] });
  expect(decoded).toStrictEqual(serviceInstance({ service: 'a', id: 'b', endpoints: ['http://h'] }));
});

test('D5: what only a newer version wrote does not count against the bound', () => {
  expect(decode({ owner: 'x'.repeat(maxEncodedBytes) })).toMatchObject({ service: 'a' });
});

test.each([
  ['', 'it is not JSON'],
  ['{', 'it is not JSON'],
  ['null', 'expected a record of an instance (a plain object), got null'],
  ['[]', 'expected a record of an instance (a plain object), got an array'],
  ['"text"', 'expected a record of an instance (a plain object), got "text"'],
  ['{}', 'v: expected 1, got undefined'],
  ['{"__proto__":{"v":1}}', 'v: expected 1, got undefined'],
])('D5: %j is malformed', (text, reason) => {
  const error = thrownBy(() => decodeInstance(text));
  expect(RegistryError.is(error, 'INSTANCE_MALFORMED')).toBe(true);
  expect(error).toMatchObject({
    message: `Could not decode the record of an instance: ${reason}`,
    cause: expect.any(Error),
  });
});

test.each([
  [{ v: 2 }, 'v: expected 1, got 2'],
  [{ v: '1' }, 'v: expected 1, got "1"'],
  [{ service: undefined }, 'service: expected a string, got undefined'],
  [{ id: undefined }, 'id: expected a string, got undefined'],
  [{ id: '' }, 'id: expected at least one character'],
  [{ endpoints: undefined }, 'endpoints: expected an array'],
  [{ endpoints: [] }, 'endpoints: expected at least one'],
  [{ endpoints: ['http://h'] }, 'endpoints[0]: expected an endpoint (a plain object), got "http://h"'],
  [{ endpoints: [{ scheme: 'http', host: 'h' }] }, 'endpoints[0].port: expected an integer'],
  [{ status: 'down' }, 'status: expected one of'],
  [{ weight: null }, 'weight: expected an integer'],
  [{ zone: 1 }, 'zone: expected a string'],
  [{ metadata: { a: 1 } }, 'metadata.a: expected a string'],
  [{ metadata: { a: '\ud800' } }, 'metadata.a: expected text without lone surrogates'],
  [{ startTime: 'now' }, 'startTime: expected an ISO 8601 instant'],
  [{ metadata: { a: 'x'.repeat(maxEncodedBytes) } }, 'expected an instance of at most 16384 bytes'],
  [{ metadata: { a: '€'.repeat(6000) } }, 'expected an instance of at most 16384 bytes'],
])('D5: a bad field makes a record malformed, case %#', (fields, reason) => {
  const error = thrownBy(() => decode(fields));
  expect(RegistryError.is(error, 'INSTANCE_MALFORMED')).toBe(true);
  expect(error).toMatchObject({ message: expect.stringContaining(reason), cause: expect.any(TypeError) });
});

test('D5: any text is an instance or malformed, nothing else', () =>
  check(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.anything().map((v) => JSON.stringify({ ...least, metadata: v }, noBigint)),
      ),
      (text) => {
        const error = thrownBy(() => decodeInstance(text));
        expect(error === undefined || RegistryError.is(error, 'INSTANCE_MALFORMED')).toBe(true);
      },
    ),
  ));

function noBigint(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? null : value;
}
