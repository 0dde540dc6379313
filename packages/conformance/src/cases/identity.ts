import assert from 'node:assert/strict';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { convergenceMs, sample } from '../stage.ts';

/** Names that somebody's encoding, folding, normalising or prefix once took for one another. */
const confusable: readonly string[] = [
  'a',
  'A',
  'a/b',
  'a%2Fb',
  'a%2fb',
  'ab',
  'a/',
  '/a',
  'a//b',
  'a.b',
  'a~b',
  'a b',
  'a+b',
  'a%20b',
  'a%',
  'a%25',
  '.',
  '..',
  '*',
  '?',
  '#',
  '~',
  '"',
  '\\',
  '__proto__',
  'constructor',
  'é',
  'e\u0301',
  'ß',
  'ss',
  '\uFB01',
  'fi',
  '\u0130',
  'i\u0307',
  '\u212A',
  'K',
  'k',
  'a\u200B',
  '😀',
  '😁',
];

/** Names at the edges of what is allowed. */
const unusual: readonly string[] = [
  'x'.repeat(255),
  '€'.repeat(85),
  `${'😀'.repeat(63)}abc`,
  '/'.repeat(255),
  '%'.repeat(255),
  ' ',
  ' a ',
  '\u00A0',
  '\uFEFF',
  '\uFFFF',
  '\u{10FFFF}',
  '\u200D',
  '\u202E',
  '%00',
  '%2e%2e',
  '../..',
  'a/../b',
  'null',
  '0',
  '-',
  '=',
  '&',
  ';',
  ',',
  ':',
  '@',
  '|',
  '<>',
  '{}',
  '[]',
  "'",
  '`',
  '$(x)',
  'http://x/?y#z',
];

const refused: readonly string[] = [
  '',
  'x'.repeat(256),
  `${'€'.repeat(85)}x`,
  'a\u0000',
  '\n',
  'a\u007F',
  '\u0085',
  '\uD800',
  'a\uDC00',
];

/** Who is who: I1–I3. */
export const identityCases: readonly ConformanceCase[] = [
  {
    clause: 'I1',
    title: 'services whose names only look alike list their own instance and no other',
    async run(stage) {
      const [owner, reader] = [await stage.actor(), await stage.actor()];
      for (const name of confusable) await owner.registry.register({ ...sample(name), metadata: { name } });
      for (const name of confusable) {
        const names = (await reader.registry.list(name)).map((instance) => instance.metadata['name']);
        assertSame(names, [name], `list(${JSON.stringify(name)}) holds its own instance only`);
      }
      assertSame(await reader.registry.services(), confusable.toSorted(), 'services tells them all apart');
    },
  },
  {
    clause: 'I1',
    title: 'no change of a service shows up in the watch of another whose name looks alike',
    async run(stage) {
      const [owner, watcher] = [await stage.actor(), await stage.actor()];
      const readers = confusable.map((name) => ({ name, reader: stage.read(watcher, name) }));
      const haveAll = (count: number) => () => readers.every(({ reader }) => reader.ids?.length === count);
      await stage.until('every watch shows that there is nobody', haveAll(0), 5 * convergenceMs);
      for (const name of confusable) await owner.registry.register({ ...sample(name), metadata: { name } });
      await stage.until('every watch shows its own instance', haveAll(1), 5 * convergenceMs);
      for (const { name, reader } of readers) {
        const seen = reader.snapshots.flatMap(({ instances }) => instances.map(({ metadata }) => metadata['name']));
        assertSame([...new Set(seen)], [name], `watch(${JSON.stringify(name)}) shows its own instance only`);
      }
    },
  },
  {
    clause: 'I1',
    title: 'ids that only look alike are instances of their own, and one that leaves takes none of the others along',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registrations = new Map(
        await Promise.all(
          confusable.map(async (id) => [id, await owner.registry.register({ ...sample(), id })] as const),
        ),
      );
      assertSame(await stage.ids(observer), confusable.toSorted(), 'every id is listed');
      const leaving = ['a', 'A', 'a%2Fb', 'é', 'ß', '\u212A', '__proto__', '*'];
      for (const id of leaving) await registrations.get(id)?.close();
      const staying = confusable.filter((id) => !leaving.includes(id)).toSorted();
      assertSame(await stage.ids(observer), staying, 'the others stay');
    },
  },
  {
    clause: 'I1',
    title: 'service and id cannot be shifted into one another by the separator between them',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const pairs = [
        ['a', 'b/c'],
        ['a/b', 'c'],
        ['a/b/c', '/'],
        ['a', 'b%2Fc'],
        ['a%2Fb', 'c'],
        ['a/', 'b'],
        ['a', '/b'],
        ['a~b', 'c'],
        ['a', 'b~c'],
      ] as const;
      for (const [service, id] of pairs) await owner.registry.register({ ...sample(service), id });
      for (const service of new Set(pairs.map(([name]) => name))) {
        const own = pairs.flatMap(([name, id]) => (name === service ? [id] : [])).toSorted();
        assertSame(await stage.ids(observer, service), own, `list(${JSON.stringify(service)}) holds its own ids only`);
      }
    },
  },
  {
    clause: 'I1',
    title: 'an entry that is closed, removed or has expired leaves its neighbours in services of like names alone',
    async run(stage) {
      const [owner, mortal, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const neighbours = ['a', 'A', 'ab', 'a/b', 'a/b/c', 'a%2Fb'];
      for (const name of neighbours) await owner.registry.register(sample(name, 1));
      const closing = await owner.registry.register(sample('a', 2));
      await closing.close();
      await mortal.registry.register({ ...sample('a', 3), id: 'i' });
      await mortal.client.crash();
      await stage.world.remove('a', 'i');
      for (const name of neighbours)
        assertSame(await stage.ids(observer, name), ['i1'], `the neighbour in ${JSON.stringify(name)} stays`);
    },
  },
  {
    clause: 'I2',
    title: 'every name of 1 to 255 bytes without control characters serves as service and as id',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      for (const name of unusual) {
        const { instance } = await owner.registry.register({ ...sample(name), id: name });
        const what = `${JSON.stringify(name.slice(0, 20))} (${Buffer.byteLength(name)} bytes)`;
        assertSame(await observer.registry.list(name), [instance], `${what} comes back as it went in`);
      }
      assertSame(await observer.registry.services(), unusual.toSorted(), 'services gives the names as they went in');
    },
  },
  {
    clause: 'I2',
    title: 'a watch reports unusual ids as they are, when they come and when they leave',
    async run(stage) {
      const [owner, watcher] = [await stage.actor(), await stage.actor()];
      const service = 'a/../ %2F€😀';
      const reader = stage.read(watcher, service);
      await stage.until('the first snapshot comes', () => reader.ids?.length === 0, convergenceMs);
      const registrations = await Promise.all(unusual.map((id) => owner.registry.register({ ...sample(service), id })));
      const all = JSON.stringify(unusual.toSorted());
      await stage.until('the watch shows every id', () => JSON.stringify(reader.ids) === all, convergenceMs);
      await Promise.all(registrations.map((registration) => registration.close()));
      await stage.until('the watch shows every id leave', () => reader.ids?.length === 0, convergenceMs);
    },
  },
  {
    clause: 'I2',
    title:
      'a name that is empty, too long, or holds control characters or lone surrogates is refused before anything is sent',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      for (const name of refused) {
        const what = JSON.stringify(name.slice(0, 20));
        for (const [call, act] of [
          ['register with this service', () => registry.register({ ...sample(name) })],
          ['register with this id', () => registry.register({ ...sample(), id: name })],
          ['list', () => registry.list(name)],
        ] as const) {
          const error = await stage.failure(`${call} ${what}`, act());
          assert.ok(error instanceof TypeError, `${call} ${what} is a TypeError, not ${String(error)}`);
        }
        assert.throws(() => registry.watch(name), TypeError, `watch ${what} throws a TypeError`);
      }
      assert.equal(tap.sentInAll, 0, 'nothing is sent');
      assertSame(await stage.ids(await stage.actor()), [], 'nothing is written');
    },
  },
  {
    clause: 'I3',
    title: 'an instance without an id is listed under host:port of its first endpoint',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      await owner.registry.register({ service: 'orders', endpoints: ['http://10.0.0.1:8080', 'grpc://10.0.0.1:9090'] });
      await owner.registry.register({ service: 'orders', endpoints: ['http://[::1]:80'] });
      await owner.registry.register({ service: 'orders', endpoints: [{ scheme: 'grpc', host: '::1', port: 9 }] });
      assertSame(await stage.ids(observer), ['10.0.0.1:8080', '[::1]:80', '[::1]:9'], 'ids are addresses');
    },
  },
];
