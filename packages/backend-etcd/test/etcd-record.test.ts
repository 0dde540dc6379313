import { readFile } from 'node:fs/promises';
import { serviceInstance } from '@rollcall/core';
import { decodeInstance } from '@rollcall/core/driver';
import { expect, test } from 'vitest';
import { EtcdKeys } from '../src/etcd-keys.ts';
import { encodeRecord, readRecord, standingOf } from '../src/etcd-record.ts';

const keys = new EtcdKeys('/rollcall');
const instance = serviceInstance({ service: 'orders', id: 'a', endpoints: ['http://10.0.0.5:8080'] });

function stored(key: string, value: string): Parameters<typeof readRecord>[1] {
  const zero = { toNumber: () => 0 };
  return { key: Buffer.from(key), value, modRevision: zero, lease: zero };
}

const own = '/rollcall/instances/orders/a';

test('I7, R2: a record gives back the instance, and whose it is', () => {
  const kv = stored(own, encodeRecord(instance, 'token "1"'));
  expect(readRecord(keys, kv)).toEqual({ type: 'entry', instance });
  expect(standingOf(keys, kv)).toEqual({ type: 'owner', owner: 'token "1"' });
});

test('D5: fields that newer versions may add are ignored', () => {
  const value = JSON.stringify({ ...JSON.parse(encodeRecord(instance, 'o')), later: { x: 1 } });
  expect(readRecord(keys, stored(own, value))).toEqual({ type: 'entry', instance });
});

test.each([
  ['no JSON', own, 'not a record', 'a'],
  ['another version', own, JSON.stringify({ ...JSON.parse(encodeRecord(instance, 'o')), v: 2 }), 'a'],
  ['the record of another id', '/rollcall/instances/orders/b', encodeRecord(instance, 'o'), 'b'],
  [
    'a key of no name',
    '/rollcall/instances/orders/a/b',
    encodeRecord(instance, 'o'),
    keys.idOf(Buffer.from('/rollcall/instances/orders/a/b')),
  ],
])('D5: %s is malformed, by the id that its key tells', (_, key, value, id) => {
  expect(readRecord(keys, stored(key, value))).toMatchObject({
    type: 'malformed',
    record: { key, id, error: { code: 'INSTANCE_MALFORMED' } },
  });
});

test('L6: what cannot be decoded is nobody’s entry, and a record without an owner is somebody’s', () => {
  expect(standingOf(keys, undefined)).toEqual({ type: 'nobody' });
  expect(standingOf(keys, stored(own, 'not a record'))).toEqual({ type: 'nobody' });
  const foreign = JSON.stringify({ v: 1, service: 'orders', id: 'a', endpoints: instance.endpoints });
  expect(standingOf(keys, stored(own, foreign))).toEqual({ type: 'owner', owner: undefined });
});

test('docs/etcd-layout.md shows a record that is read, as it is written', async () => {
  const page = await readFile(new URL('../../../docs/etcd-layout.md', import.meta.url), 'utf8');
  const shown = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const decoded = decodeInstance(shown);
  const { owner, ...fields } = JSON.parse(shown);
  expect(JSON.parse(encodeRecord(decoded, owner))).toEqual({ ...fields, owner });
});
