import assert from 'node:assert/strict';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { type Actor, callTimeoutMs, convergenceMs, sample } from '../stage.ts';

const statuses = ['starting', 'up', 'draining', 'out-of-service'] as const;

/** Asking who is there: D1–D5. */
export const readingCases: readonly ConformanceCase[] = [
  {
    clause: 'D1',
    title: 'list shows each change of another client at once, also to a client that watches and has listed before',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const reader = stage.read(observer);
      await stage.until('the watch is open', () => reader.last !== undefined, convergenceMs);
      assertSame(await observer.registry.list('orders'), [], 'nobody is there');
      for (let round = 1; round <= 3; round += 1) {
        const registration = await owner.registry.register({ ...sample(), weight: round });
        assertSame(await observer.registry.list('orders'), [registration.instance], 'the new one is listed');
        await registration.update({ weight: 10 + round });
        assertSame(await observer.registry.list('orders'), [registration.instance], 'its update is listed');
        await stage.settled('closing', registration.close(), callTimeoutMs);
        assertSame(await observer.registry.list('orders'), [], 'and that it left');
      }
    },
  },
  {
    clause: 'D1',
    title: 'list never answers from what a watch or an earlier list knows: without the backend there is no answer',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      await owner.registry.register(sample());
      const reader = stage.read(observer);
      await stage.until('the watch shows it', () => reader.ids?.length === 1, convergenceMs);
      assertSame(await stage.ids(observer), ['i1'], 'list shows it');
      await observer.client.cut();
      await stage.refused('list', observer.registry.list('orders'), 'REGISTRY_UNAVAILABLE');
    },
  },
  {
    clause: 'D2',
    title: 'a service that nobody knows is an empty list, and no service is an empty list of names',
    async run(stage) {
      const { registry } = await stage.actor();
      assertSame(await registry.list('nobody'), [], 'list is empty');
      assertSame(await registry.services(), [], 'services is empty');
      await registry.register(sample());
      assertSame(await registry.list('nobody'), [], 'list is empty still');
    },
  },
  {
    clause: 'D2',
    title: 'an outage is a rejection and never an empty list',
    answers: 'alibaba/nacos#493',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      await owner.registry.register(sample());
      assertSame(await stage.ids(observer), ['i1'], 'it is listed');
      await observer.client.cut();
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        await stage.refused('list', observer.registry.list('orders'), 'REGISTRY_UNAVAILABLE');
        await stage.refused('list of a service that nobody knows', observer.registry.list('x'), 'REGISTRY_UNAVAILABLE');
        await stage.refused('services', observer.registry.services(), 'REGISTRY_UNAVAILABLE');
      }
      await observer.client.restore();
      const answered = async (): Promise<boolean> => {
        const ids = await stage.ids(observer).catch(() => undefined);
        assert.notEqual(ids?.length, 0, 'the list is never empty');
        return ids !== undefined;
      };
      await stage.until('list answers again', answered, 3 * callTimeoutMs);
      assertSame(await observer.registry.services(), ['orders'], 'and so does services');
    },
  },
  {
    clause: 'D3',
    title: 'every status and every weight is listed and watched, drained and unwanted ones too',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      for (const [index, status] of statuses.entries())
        await owner.registry.register({ ...sample('orders', index), status, weight: index });
      const shown = statuses.map((status, weight) => ({ status, weight }));
      const listed = await observer.registry.list('orders');
      assertSame(
        listed.map(({ status, weight }) => ({ status, weight })),
        shown,
        'all are listed',
      );
      const reader = stage.read(observer);
      await stage.until('the first snapshot comes', () => reader.last !== undefined, convergenceMs);
      assertSame(reader.instances, listed, 'all are watched');
    },
  },
  {
    clause: 'D3',
    title: 'an instance that is drained stays listed, as draining, until its owner closes',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await registration.update({ status: 'draining' });
      const draining = async (): Promise<boolean> => (await observer.registry.list('orders'))[0]?.status === 'draining';
      await stage.holdsFor(1.2 * registration.lease.ttlMs, 'it is listed as draining', draining);
      await stage.settled('closing', registration.close(), callTimeoutMs);
      assertSame(await stage.ids(observer), [], 'then it leaves');
    },
  },
  {
    clause: 'D3',
    title: 'lists and snapshots are sorted by id in UTF-16 code units, in whatever order the instances came',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const ids = ['b', '10', 'B', 'ä', '9', '😀', 'a', '\uFF5E', 'a/b', 'é', 'a b', 'aa', 'Z', '_', '10.0.0.1:80'];
      for (const id of ids) await owner.registry.register({ ...sample(), id });
      assertSame(await stage.ids(observer), ids.toSorted(), 'the list is sorted');
      const reader = stage.read(observer);
      await stage.until('the first snapshot comes', () => reader.last !== undefined, convergenceMs);
      assertSame(reader.ids, ids.toSorted(), 'the snapshot is sorted');
    },
  },
  {
    clause: 'D4',
    title: 'services gives the sorted names of those that have an instance, each once, and nothing else',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      for (const service of ['zebra', 'Ant', 'ant', 'bee/1', 'bee']) {
        await owner.registry.register(sample(service, 1));
        await owner.registry.register(sample(service, 2));
      }
      assertSame(await observer.registry.services(), ['Ant', 'ant', 'bee', 'bee/1', 'zebra'], 'the names are sorted');
    },
  },
  {
    clause: 'D4',
    title: 'a service whose last instance was closed, removed or has expired is no service any more',
    async run(stage) {
      const [owner, mortal, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const closing = await owner.registry.register(sample('closed'));
      const other = await owner.registry.register(sample('stays', 1));
      await owner.registry.register(sample('stays', 2));
      const { lease } = await mortal.registry.register(sample('expired'), { ttlMs: stage.ttlMs });
      await mortal.registry.register(sample('removed'), { ttlMs: stage.ttlMs });
      const all = ['closed', 'expired', 'removed', 'stays'];
      assertSame(await observer.registry.services(), all, 'all have an instance');
      await mortal.client.crash();
      const silentSince = stage.now;
      await stage.world.remove('removed', 'i1');
      await stage.settled('closing', Promise.all([closing.close(), other.close()]), callTimeoutMs);
      const names = await observer.registry.services();
      assertSame(
        names.filter((name) => name !== 'expired'),
        ['stays'],
        'what was closed or removed is gone',
      );
      await stage.elapseUntil(silentSince + lease.ttlMs + stage.lagMs);
      assertSame(await observer.registry.services(), ['stays'], 'what has expired is gone too');
    },
  },
  {
    clause: 'D4',
    title: 'a service of which nothing can be decoded is not among the services',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      await registerAndCorrupt(owner, stage.ttlMs, () => stage.world.corrupt('orders', 'i2'), ['i1', 'i2']);
      assertSame(await observer.registry.services(), ['orders'], 'while one decodes, the service is there');
      await stage.world.corrupt('orders', 'i1');
      assertSame(await stage.ids(observer), [], 'nobody is listed');
      assertSame(await observer.registry.services(), [], 'so the service is not there');
    },
  },
  {
    clause: 'D5',
    title: 'an entry that cannot be decoded is left out of lists and first snapshots, and its neighbours stay',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      await registerAndCorrupt(owner, stage.ttlMs, () => stage.world.corrupt('orders', 'i2'), ['i1', 'i2', 'i3']);
      assertSame(await stage.ids(observer), ['i1', 'i3'], 'the others are listed');
      const reader = stage.read(observer);
      await stage.until('the first snapshot comes', () => reader.last !== undefined, convergenceMs);
      assertSame(reader.ids, ['i1', 'i3'], 'the others are watched');
      assert.equal(reader.last?.freshness, 'live', 'in a live snapshot');
    },
  },
  {
    clause: 'D5',
    title: 'an entry that becomes undecodable leaves a watch that is open, and comes back when it is written anew',
    async run(stage) {
      const [owner, observer, healer] = [await stage.actor(), await stage.actor(), await stage.hand()];
      const reader = stage.read(observer);
      const corrupt = async (): Promise<void> => {
        await stage.until('the watch shows all', () => reader.ids?.length === 3, convergenceMs);
        await stage.world.corrupt('orders', 'i2');
      };
      await registerAndCorrupt(owner, 2 * stage.ttlMs, corrupt, ['i1', 'i2', 'i3']);
      const others = (): boolean => reader.ids?.join() === 'i1,i3';
      await stage.until('the watch shows the others', others, convergenceMs);
      assertSame(
        reader.last?.delta.removed.map(({ id }) => id),
        ['i2'],
        'it was told as removed',
      );
      await stage.world.remove('orders', 'i2');
      await healer.claim(sample('orders', 2), stage.ttlMs);
      await stage.until('the watch shows all again', () => reader.ids?.join() === 'i1,i2,i3', convergenceMs);
      assert.equal(reader.ended, undefined, 'the watch goes on');
    },
  },
  {
    clause: 'D5',
    title:
      'an entry that cannot be decoded is reported once, whether lists or watches meet it, and again only after it was gone',
    async run(stage) {
      const [owner, observer] = [await stage.hand(), await stage.actor()];
      const reports = (): number => observer.diagnostics.filter(({ type }) => type === 'malformed-record').length;
      for (const round of [1, 2]) {
        await owner.claim(sample('orders', 1), 2 * stage.ttlMs);
        await owner.claim(sample('orders', 2), 2 * stage.ttlMs);
        assertSame(await stage.ids(observer), ['i1', 'i2'], 'both are listed');
        await stage.world.corrupt('orders', 'i2');
        for (let list = 1; list <= 3; list += 1) assertSame(await stage.ids(observer), ['i1'], 'one is left out');
        const reader = stage.read(observer);
        await stage.until('the first snapshot comes', () => reader.last !== undefined, convergenceMs);
        assertSame(await stage.ids(observer), ['i1'], 'one is left out');
        assert.equal(reports(), round, `the report comes once in each round, not ${reports()} times in ${round}`);
        await reader.watcher.return();
        await stage.world.remove('orders', 'i2');
        assertSame(await stage.ids(observer), ['i1'], 'it is gone');
      }
      const report = observer.diagnostics.find((event) => event.type === 'malformed-record');
      assert.equal(report?.service, 'orders', 'the report names the service');
      assert.ok(report.key.length > 0, 'and the record');
    },
  },
];

/** Registers `ids` with an owner that dies before anything is corrupted, so that nobody heals it. */
async function registerAndCorrupt(
  owner: Actor,
  ttlMs: number,
  corrupt: () => void | Promise<void>,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) await owner.registry.register({ ...sample(), id }, { ttlMs: 2 * ttlMs });
  await owner.client.crash();
  await corrupt();
}
