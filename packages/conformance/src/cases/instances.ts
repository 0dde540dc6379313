import assert from 'node:assert/strict';
import { type ServiceInstance, serviceInstance, type ServiceInstanceInit } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { convergenceMs, sample } from '../stage.ts';

/** Every field, none at its default. */
const full: ServiceInstanceInit = {
  service: 'orders',
  id: 'everything',
  endpoints: [
    'grpc://10.1.1.60:9081',
    'https://[2001:db8::1]:443',
    { scheme: 'x-y.z+1', host: 'host.Example', port: 65_535 },
    { scheme: 'tcp', host: 'bücher.example', port: 1 },
  ],
  status: 'starting',
  weight: 65_535,
  env: 'prod',
  region: 'eu-central-1',
  zone: 'zone "b"\\',
  deployment: 'röd/😀',
  version: '1.2.3-rc.1+build',
  frameworkVersion: '',
  buildTime: '2024-02-29T23:59:59.999Z',
  startTime: '2026-11-21T12:00:00+01:00',
  metadata: {
    '': 'empty key',
    'empty value': '',
    ['__proto__']: 'a key like any other',
    constructor: 'as well',
    'a/b=c&d%2F~ :;"\\': '\u0000\u0001\t\r\n\u007F\u0085\u2028',
    '\u0000': 'even so',
    Ключ: 'значение',
    'e\u0301': 'é',
    é: 'e\u0301',
    '😀': '\uFEFF\uFFFF\u{10FFFF}\u202E',
    Key: 'upper',
    key: 'lower',
    long: 'x'.repeat(3_000),
    ['k'.repeat(300)]: 'a long key',
    json: '{"v":1,"id":"i1"}',
  },
};

/** Inits that are wrong in one place, and how the error calls the place. */
const wrong: readonly (readonly [path: string, init: ServiceInstanceInit])[] = [
  ['endpoints', { ...sample(), endpoints: [] }],
  ['endpoints[0]', { ...sample(), endpoints: ['10.0.0.1:8080'] }],
  ['endpoints[0]', { ...sample(), endpoints: ['tcp://10.0.0.1'] }],
  ['endpoints[0]', { ...sample(), endpoints: ['http://10.0.0.1:80/path'] }],
  ['endpoints[1].port', { ...sample(), endpoints: ['http://a:80', { scheme: 'http', host: 'a', port: 65_536 }] }],
  ['endpoints[0].port', { ...sample(), endpoints: [{ scheme: 'http', host: 'a', port: 0.5 }] }],
  ['weight', { ...sample(), weight: -1 }],
  ['weight', { ...sample(), weight: 65_536 }],
  ['weight', { ...sample(), weight: Number.NaN }],
  ['weight', Object.assign(sample(), { weight: '100' })],
  ['status', Object.assign(sample(), { status: 'UP' })],
  ['tags', Object.assign(sample(), { tags: [] })],
  ['metadata', Object.assign(sample(), { metadata: { n: 1 } })],
  ['metadata', { ...sample(), metadata: { key: '\uD800' } }],
  ['zone', { ...sample(), zone: '\uDC00' }],
  ['buildTime', { ...sample(), buildTime: 'yesterday' }],
];

/** What an instance is, and that it stays so: I5–I7. */
export const instanceCases: readonly ConformanceCase[] = [
  {
    clause: 'I5',
    title: 'an entry of exactly 16 KiB goes through, and one character more is a TypeError before anything is sent',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      for (const [id, letter, bytes] of [
        ['ascii', 'x', 1],
        ['unicode', '€', 3],
      ] as const) {
        const most = largestThatFits(id, letter);
        assert.ok(most * bytes > 16_000 && most * bytes < 16_384, `the limit is 16 KiB, not ${most * bytes} bytes`);
        const sent = tap.sentInAll;
        const error = await stage.failure('one more', registry.register(padded(id, letter, most + 1)));
        assert.ok(error instanceof TypeError, `more is a TypeError, not ${String(error)}`);
        assert.equal(tap.sentInAll, sent, 'nothing is sent');
        const { instance } = await registry.register(padded(id, letter, most));
        const listed = await observer.registry.list('orders');
        assertSame(
          listed.find((one) => one.id === id),
          instance,
          'the largest comes back whole',
        );
      }
    },
  },
  {
    clause: 'I5',
    title: 'an update that makes the entry too large is a TypeError, and the entry stays',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register(sample());
      const before = registration.instance;
      const update = registration.update({ metadata: { pad: 'x'.repeat(16_384) } });
      const error = await stage.failure('the update', update);
      assert.ok(error instanceof TypeError, `too large is a TypeError, not ${String(error)}`);
      assertSame(registration.instance, before, 'the owner keeps the instance it had');
      assertSame(await observer.registry.list('orders'), [before], 'the entry stays as it was');
    },
  },
  {
    clause: 'I6',
    title: 'bad input is a TypeError that names the place, and nothing is written',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      for (const [path, init] of wrong) {
        const error = await stage.failure(`bad ${path}`, registry.register(init));
        assert.ok(error instanceof TypeError, `bad ${path} is a TypeError, not ${String(error)}`);
        assert.ok(error.message.includes(path), `the message names ${path}: ${error.message}`);
      }
      const option = await stage.failure(
        'an unknown option',
        registry.register(sample(), Object.assign({ ttlMs: 15_000 }, { ttl: 5 })),
      );
      assert.ok(option instanceof TypeError && option.message.includes('ttl'), `it names ttl: ${String(option)}`);
      assert.equal(tap.sentInAll, 0, 'nothing is sent');
      assertSame(await registry.services(), [], 'nothing is written');
    },
  },
  {
    clause: 'I6',
    title: 'a bad patch is a TypeError that names the place, and the entry stays',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register(sample());
      const before = registration.instance;
      for (const [path, patch] of [
        ['weight', { weight: 0.5 }],
        ['endpoints', { endpoints: [] }],
        ['id', Object.assign({ weight: 1 }, { id: 'another' })],
        ['nonsense', Object.assign({ weight: 1 }, { nonsense: 1 })],
      ] as const) {
        const error = await stage.failure(`bad ${path}`, registration.update(patch));
        assert.ok(error instanceof TypeError, `bad ${path} is a TypeError, not ${String(error)}`);
        assert.ok(error.message.includes(path), `the message names ${path}: ${error.message}`);
      }
      assertSame(registration.instance, before, 'the owner keeps the instance it had');
      assertSame(await observer.registry.list('orders'), [before], 'the entry stays as it was');
    },
  },
  {
    clause: 'I7',
    title: 'every field comes out of list and of the first snapshot as it went in',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const { instance } = await owner.registry.register(full);
      assertSame(instance, serviceInstance(full), 'the handle holds what was asked for');
      assertSame(await observer.registry.list('orders'), [instance], 'list gives every field');
      const reader = stage.read(observer);
      await stage.until('the first snapshot comes', () => reader.last !== undefined, convergenceMs);
      assertSame(reader.instances, [instance], 'the first snapshot gives every field');
    },
  },
  {
    clause: 'I7',
    title: 'every field comes out of a change on a watch as it went in, also when it was updated or taken away',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const reader = stage.read(observer);
      await stage.until('the first snapshot comes', () => reader.ids?.length === 0, convergenceMs);
      const registration = await owner.registry.register({ ...sample(), id: 'everything' });
      const { service: _service, id: _id, ...fields } = full;
      const bare = Object.fromEntries(Object.keys(fields).map((key) => [key, undefined]));
      for (const patch of [
        fields,
        { ...bare, endpoints: ['http://a:1'] },
        { weight: 0 },
        { status: 'draining' },
      ] as const) {
        await registration.update(patch);
        const expected = registration.instance;
        await stage.until('the watch shows the update', () => isSame(reader.instances, [expected]), convergenceMs);
        assertSame(await observer.registry.list('orders'), [expected], 'list shows the same');
      }
    },
  },
  {
    clause: 'I7',
    title: 'metadata of many small pairs comes out complete',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const metadata = Object.fromEntries(
        Array.from({ length: 500 }, (_, index) => [`key ${index}`, `värde ${index}`]),
      );
      const { instance } = await owner.registry.register({ ...sample(), metadata });
      assertSame(await observer.registry.list('orders'), [instance], 'all pairs come back');
    },
  },
  {
    clause: 'I7',
    title: 'instances are deeply frozen, and the readers of one registry share them',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const { instance } = await owner.registry.register(full);
      const [first, second] = [stage.read(observer), stage.read(observer)];
      const both = (): boolean => first.last !== undefined && second.last !== undefined;
      await stage.until('both readers have their first snapshot', both, convergenceMs);
      for (const one of [instance, ...first.instances, ...(await observer.registry.list('orders'))])
        assert.ok(isDeeplyFrozen(one), 'an instance is deeply frozen');
      assert.ok(isDeeplyFrozen(first.last), 'a snapshot is deeply frozen');
      assert.equal(first.instances[0], second.instances[0], 'readers are handed the same object');
    },
  },
];

function padded(id: string, letter: string, length: number): ServiceInstanceInit {
  return { ...sample(), id, metadata: { pad: letter.repeat(length) } };
}

/** The longest padding that core lets pass. */
function largestThatFits(id: string, letter: string): number {
  let [fits, exceeds] = [0, 16_385];
  while (exceeds - fits > 1) {
    const middle = (fits + exceeds) >>> 1;
    if (isAccepted(padded(id, letter, middle))) fits = middle;
    else exceeds = middle;
  }
  return fits;
}

function isAccepted(init: ServiceInstanceInit): boolean {
  try {
    serviceInstance(init);
    return true;
  } catch {
    return false;
  }
}

function isSame(actual: readonly ServiceInstance[], expected: readonly ServiceInstance[]): boolean {
  try {
    assert.deepEqual(actual, expected);
    return true;
  } catch {
    return false;
  }
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}
