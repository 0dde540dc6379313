import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { serviceInstance } from '@rollcall/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { readSnapshot, writeSnapshot } from '../../src/disk/snapshot-file.ts';
import { bodySlices, decodeSnapshot } from '../../src/disk/snapshot-format.ts';
import { folder } from '../folder.ts';
import { instance, instances } from '../instances.ts';
import { encoded } from './encoded.ts';

const orders = { service: 'orders', seenAt: 1_700_000_000_000, instances: instances(3) };

describe('what was written', () => {
  test('is read again, field by field', async () => {
    await using own = await folder();
    const place = { path: own.file('cache.json'), scope: 'prod' };
    await writeSnapshot(place, [orders]);
    expect(await readSnapshot(place)).toEqual({ is: 'read', services: [orders] });
  });

  test('holds any Unicode, and services of any name', () =>
    check(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        (name, value) => {
          const service = `é/"${name.replaceAll(/\p{Control}/gu, '')}`;
          const one = serviceInstance({ service, endpoints: ['http://h:1'], metadata: { [name]: value } });
          const saved = { service, seenAt: 5, instances: [one] };
          expect(decodeSnapshot(encoded([saved], ''), '')).toEqual({ is: 'read', services: [saved] });
        },
      ),
    ));

  test('may be large: it is made and written in slices that are short, and read as one', async () => {
    await using own = await folder();
    const place = { path: own.file('cache.json'), scope: '' };
    const many = Array.from({ length: 2_000 }, (_, index) => instance(`i${String(index).padStart(4, '0')}`));
    const services = [
      { ...orders, instances: many },
      { service: 'billing', seenAt: 5, instances: [] },
    ];
    const lengths = Array.from(bodySlices(services), ({ length }) => length);
    expect(lengths.length).toBeGreaterThan(2);
    expect(Math.max(...lengths)).toBeLessThan(70_000);
    await writeSnapshot(place, services);
    expect(await readSnapshot(place)).toEqual({ is: 'read', services });
    expect(await readFile(place.path, 'utf8')).toBe(encoded(services, ''));
  });

  test('replaces the former file, leaves no draft, and only its user may read it', async () => {
    await using own = await folder();
    const place = { path: own.file('cache.json'), scope: '' };
    await writeSnapshot(place, [orders]);
    await writeSnapshot(place, []);
    expect(await readSnapshot(place)).toEqual({ is: 'read', services: [] });
    expect(await readdir(dirname(place.path))).toEqual(['cache.json']);
    expect((await stat(place.path)).mode & 0o777).toBe(0o600);
  });

  test('that could not be put in place leaves no draft', async () => {
    await using own = await folder();
    const path = own.file('taken');
    await mkdir(path);
    await expect(writeSnapshot({ path, scope: '' }, [orders])).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readdir(dirname(path))).toEqual(['taken']);
  });
});

describe('a file that is not taken', () => {
  test('is absent where there is none', async () => {
    await using own = await folder();
    expect(await readSnapshot({ path: own.file('none.json'), scope: '' })).toEqual({ is: 'absent' });
  });

  test.each(['', 'hello\nworld\n', '{}\n[]\n', 'null\n[]\n', '{"format":"something else","v":1}\n[]\n'])(
    'is foreign: %j',
    async (text) => {
      await using own = await folder();
      const path = own.file('cache.json');
      await writeFile(path, text);
      expect(await readSnapshot({ path, scope: '' })).toMatchObject({ is: 'refused', reason: 'foreign' });
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );

  test('is of another version, and told before anything else of it is read', () => {
    expect(decodeSnapshot('{"format":"rollcall service cache","v":2}\nwhatever', '')).toMatchObject({
      reason: 'version',
      error: { message: expect.stringContaining('version 1 is known') },
    });
  });

  test('is of another scope', () => {
    expect(decodeSnapshot(encoded([orders], 'staging'), 'prod')).toMatchObject({ reason: 'scope' });
  });

  test('is damaged wherever it was cut off or changed', () =>
    check(
      fc.property(fc.nat(), fc.constantFrom('cut', 'changed'), (place, how) => {
        const text = encoded([orders], '');
        const at = place % text.length;
        const other = text[at] === '0' ? '1' : '0';
        const damaged = how === 'cut' ? text.slice(0, at) : `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
        expect(decodeSnapshot(damaged, '')).toMatchObject({ is: 'refused' });
      }),
    ));

  test.each([
    ['{}', 'an array of services'],
    ['[{"service":"orders","seenAt":"then","instances":[]}]', 'an ISO 8601 instant'],
    ['[{"service":"orders","seenAt":"2026-01-01T00:00:00Z","instances":[{"v":1}]}]', 'instance'],
    [
      '[{"service":"o","seenAt":"2026-01-01T00:00:00Z","instances":[{"v":1,"service":"p","id":"a","endpoints":[{"scheme":"http","host":"h","port":1}]}]}]',
      'that of the service it stands in',
    ],
  ])('is damaged if it holds %s', (body, cause) => {
    const sha256 = createHash('sha256').update(body).digest('hex');
    const head = JSON.stringify({ format: 'rollcall service cache', v: 1, scope: '', sha256 });
    expect(decodeSnapshot(`${head}\n${body}\n`, '')).toMatchObject({
      reason: 'damaged',
      error: { cause: { message: expect.stringContaining(cause) } },
    });
  });

  test('is unreadable', async () => {
    await using own = await folder();
    const path = own.file('folder');
    await mkdir(path);
    expect(await readSnapshot({ path, scope: '' })).toMatchObject({
      reason: 'unreadable',
      error: { cause: { code: 'EISDIR' } },
    });
  });
});
