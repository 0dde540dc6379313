import { serviceInstance } from '@rollcall/core';
import { maxEncodedBytes } from '@rollcall/core/driver';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../testing/fc.ts';
import { anyInit, fullInit, sampleInit } from '../../core/test/instance/sample-inits.ts';
import {
  ConsulLayout,
  isPassing,
  type ConsulRegistration,
  type ConsulRow,
  type EntryKey,
} from '../src/layout/consul-entry.ts';

const layout = new ConsulLayout('prod-');
const { service } = sampleInit();
const key: EntryKey = { token: '0123456789abcdef', owner: 'owner-1', epoch: 3 };

/** As Consul tells it. */
function rowOf({ ID, Name, Meta }: ConsulRegistration, status = 'passing'): ConsulRow {
  return {
    Node: { Node: 'n' },
    Service: { ID, Service: Name, Meta: JSON.parse(JSON.stringify(Meta)), CreateIndex: 10, ModifyIndex: 12 },
    Checks: [
      { CheckID: 'serfHealth', Status: 'passing' },
      { CheckID: 'rollcall~0123456789abcdef', Status: status },
    ],
  };
}

function rowWith(meta: Record<string, string | undefined>): ConsulRow {
  const registration = layout.registration(serviceInstance(sampleInit()), key);
  return rowOf({ ...registration, Meta: JSON.parse(JSON.stringify({ ...registration.Meta, ...meta })) });
}

/** What Consul 1.8 refuses. */
function assertTaken({ Meta }: ConsulRegistration): void {
  expect(Object.keys(Meta).length).toBeLessThanOrEqual(64);
  for (const [name, value] of Object.entries(Meta)) {
    expect(name).toMatch(/^[\w-]{1,128}$/);
    expect(Buffer.byteLength(value)).toBeLessThanOrEqual(512);
  }
}

test('I7: any instance survives the round trip within Consul’s limits', () =>
  check(
    fc.property(anyInit, (init) => {
      const instance = serviceInstance(init);
      const registration = layout.registration(instance, key);
      assertTaken(registration);
      const entry = layout.entry(rowOf(registration), instance.service);
      expect(entry).toMatchObject({ ...key, id: instance.id, isPassing: true });
      expect(layout.instance(entry)).toStrictEqual(instance);
    }),
  ));

test.each([
  ['many small pairs', Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`k${index}`, '']))],
  ['one large value', { large: 'x'.repeat(14_000) }],
  ['large values of any text', { a: '🦊'.repeat(1_500), b: '\u0000'.repeat(900) }],
  ['as many as are readable', Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${index}`, 'v']))],
])('I5, I7: an instance up to 16 KiB fits: %s', (_, metadata) => {
  const zone = '€'.repeat(400);
  const instance = serviceInstance({ ...fullInit, zone, metadata });
  const registration = layout.registration(instance, key);
  assertTaken(registration);
  expect(layout.instance(layout.entry(rowOf(registration), instance.service))).toStrictEqual(instance);
});

test('I5: an instance of exactly 16 KiB of a multi-byte character fits', () => {
  const init = (length: number): Parameters<typeof serviceInstance>[0] => ({
    ...sampleInit(),
    metadata: { key: '🦊'.repeat(length) },
  });
  const instance = serviceInstance(init(Math.floor((maxEncodedBytes - 200) / 4)));
  const registration = layout.registration(instance, key);
  assertTaken(registration);
  expect(layout.instance(layout.entry(rowOf(registration), instance.service))).toStrictEqual(instance);
});

test('a person reads an ordinary entry in Consul as it is', () => {
  const init = { service: 'orders', id: 'a', endpoints: ['http://10.0.0.5:80', 'grpc://[::1]:90'], zone: 'eu-1' };
  expect(layout.registration(serviceInstance({ ...init, metadata: { team: 'x' } }), key)).toEqual({
    ID: 'a~0123456789abcdef',
    Name: 'prod-orders',
    Address: '10.0.0.5',
    Port: 80,
    Tags: ['http', 'grpc'],
    Meta: {
      rollcall: '1',
      service: 'orders',
      id: 'a',
      owner: 'owner-1',
      epoch: '3',
      status: 'up',
      weight: '100',
      endpoints: 'http://10.0.0.5:80 grpc://[::1]:90',
      zone: 'eu-1',
      'meta-team': 'x',
    },
    Weights: { Passing: 100, Warning: 1 },
  });
});

test('I1: names belong to the prefix that they begin with', () => {
  expect(layout.serviceOf('prod-orders')).toBe('orders');
  expect(layout.serviceOf('test-orders')).toBeUndefined();
  expect(layout.serviceOf('prod-')).toBeUndefined();
});

test('D4: what has no mark of ours is another program’s', () => {
  expect(layout.isOurs(rowWith({}), service)).toBe(true);
  expect(layout.isOurs(rowWith({ rollcall: undefined }), service)).toBe(false);
  expect(layout.isOurs({ ...rowWith({}), Service: { ...rowWith({}).Service, Meta: null } }, service)).toBe(false);
});

test('D4: the same name under another prefix is another registry’s', () => {
  const other = new ConsulLayout(`prod-${service.slice(0, 2)}`);
  expect(other.isOurs(rowWith({}), service.slice(2))).toBe(false);
  expect(other.isOurs(rowWith({ service: service.slice(2) }), service.slice(2))).toBe(true);
});

test.each([
  [{ rollcall: '2' }, 'rollcall: expected 1, got 2'],
  [{ id: undefined }, 'another service, or of none'],
  [{ service: 'payments' }, 'another service, or of none'],
  [{ id: 'b' }, 'the record of another id'],
  [{ epoch: 'x' }, 'epoch: expected a whole number'],
])('D5: an entry whose owner cannot be read is malformed, case %#', (meta, reason) => {
  expect(() => layout.entry(rowWith(meta), service)).toThrow(expect.objectContaining({ code: 'INSTANCE_MALFORMED' }));
  expect(() => layout.entry(rowWith(meta), service)).toThrow(reason);
});

test.each([
  [{ status: 'down' }, 'status: expected one of'],
  [{ weight: 'x' }, 'weight: expected an integer'],
  [{ endpoints: 'nowhere' }, 'endpoints[0].scheme'],
  [{ endpoints: undefined }, 'endpoints: expected an array'],
  [{ 'rest-0': '{' }, 'JSON'],
  [{ 'rest-0': '1' }, 'expected an object'],
  [{ 'rest-0': '{"metadata":{"a":1}}' }, 'metadata.a: expected a string'],
])('D5: an entry with a bad field is malformed, case %#', (meta, reason) => {
  const entry = layout.entry(rowWith(meta), service);
  expect(() => layout.instance(entry)).toThrow(expect.objectContaining({ code: 'INSTANCE_MALFORMED' }));
  expect(() => layout.instance(entry)).toThrow(reason);
});

test('L3: an entry is listed while all its checks pass, and that of its lease is there', () => {
  const registration = layout.registration(serviceInstance(sampleInit()), key);
  const row = rowOf(registration);
  expect(isPassing(row)).toBe(true);
  expect(isPassing({ ...row, Checks: row.Checks.slice(0, 1) })).toBe(false);
  expect(layout.entry(rowOf(registration, 'critical'), service).isPassing).toBe(false);
});
