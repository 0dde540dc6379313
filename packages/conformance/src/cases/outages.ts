import assert from 'node:assert/strict';
import { type Registration, RegistryError } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { type Actor, callTimeoutMs, convergenceMs, sample, type Stage } from '../stage.ts';
import type { Reader } from '../reader.ts';

/** By when a watch has told that its backend is gone: noticed, and not healed within the second that is waited (W7). */
const staleMs = 20_000 + 2_000;

/** By when a watch is live again once the backend is: an attempt that hangs, the longest pause, one that works. */
const liveMs = 2 * callTimeoutMs + 500 + convergenceMs;

/** What a watch tells when the backend goes away and comes back: W6–W8. */
export const outageCases: readonly ConformanceCase[] = [
  {
    clause: 'W6',
    title: 'an outage is told once, as stale with the same instances, and never empties the set',
    answers: 'alibaba/nacos#5163',
    async run(stage) {
      const { observer, reader } = await watchedService(stage);
      await observer.client.cut();
      await stage.until('the watch is stale', () => reader.last?.freshness === 'stale', staleMs);
      await stage.world.elapse(3 * callTimeoutMs);
      assertSame(
        reader.snapshots.map(({ freshness, reason }) => `${freshness} ${reason}`),
        ['live initial', 'stale freshness'],
        'stale is told once',
      );
      assertSame(reader.ids, ['i1', 'i2', 'i3'], 'the instances are those known last');
      await observer.client.restore();
      await stage.until('the watch is live', () => reader.last?.freshness === 'live', liveMs);
      assert.equal(reader.ended, undefined, 'the watch goes on');
      for (const { instances } of reader.snapshots) assert.equal(instances.length, 3, 'the set was never emptied');
      assert.equal(reader.snapshots.length, 3, 'live is told once');
    },
  },
  {
    clause: 'W6',
    title: 'after an outage the exact difference comes with the first live snapshot, whatever happened meanwhile',
    answers: 'silas/node-consul#83',
    async run(stage) {
      const { owner, observer, reader, registrations } = await watchedService(stage);
      await observer.client.cut();
      await stage.until('the watch is stale', () => reader.last?.freshness === 'stale', staleMs);
      const [leaving, changing, staying] = registrations;
      assert.ok(leaving && changing && staying, 'there are three');
      await stage.settled('closing', leaving.close(), callTimeoutMs);
      await changing.update({ weight: 7 });
      const { instance: added } = await owner.registry.register(sample('orders', 4));
      await stage.world.elapse(callTimeoutMs / 2);
      assert.equal(reader.last?.freshness, 'stale', 'nothing gets through');
      await observer.client.restore();
      await stage.until('the watch is live', () => reader.last?.freshness === 'live', liveMs);
      const { delta, reason } = reader.last ?? {};
      assertSame(
        delta,
        { added: [added], updated: [changing.instance], removed: [leaving.instance] },
        'the difference is exact',
      );
      assert.equal(reason, 'resync', 'the reason is resync');
      await stage.settled('closing', staying.close(), callTimeoutMs);
      await stage.until('later changes come as ever', () => reader.ids?.join() === 'i2,i4', convergenceMs);
    },
  },
  {
    clause: 'W5',
    title: 'a set that changed during an outage comes as a resync, one that did not as a change of freshness alone',
    async run(stage) {
      const { observer, reader, registrations } = await watchedService(stage);
      for (const reason of ['freshness', 'resync'] as const) {
        await observer.client.cut();
        await stage.until('the watch is stale', () => reader.last?.freshness === 'stale', staleMs);
        if (reason === 'resync') await registrations[0]?.update({ weight: 7 });
        await observer.client.restore();
        await stage.until('the watch is live', () => reader.last?.freshness === 'live', liveMs);
        assert.equal(reader.last?.reason, reason, 'the reason is the first of those that fell together');
      }
    },
  },
  {
    clause: 'W6',
    title: 'a watch survives one outage after the other, and does not fall silent after any',
    answers: 'microsoft/etcd3#110',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const reader = stage.read(observer);
      await stage.until('the first snapshot comes', () => reader.last !== undefined, convergenceMs);
      for (let outage = 1; outage <= 3; outage += 1) {
        await observer.client.cut();
        await stage.until('the watch is stale', () => reader.last?.freshness === 'stale', staleMs);
        await observer.client.restore();
        await stage.until('the watch is live', () => reader.last?.freshness === 'live', liveMs);
        await owner.registry.register(sample('orders', outage));
        await stage.until('a change comes through', () => reader.ids?.length === outage, convergenceMs);
      }
      assert.equal(reader.ended, undefined, 'the watch goes on');
    },
  },
  {
    clause: 'W6',
    title: 'a store that was emptied during an outage is told as empty, and as live',
    answers: 'apache/dubbo#9213',
    async run(stage) {
      const { owner, observer, reader, registrations } = await watchedService(stage);
      await observer.client.cut();
      await stage.until('the watch is stale', () => reader.last?.freshness === 'stale', staleMs);
      await owner.client.crash();
      await stage.world.wipe();
      assertSame(reader.ids, ['i1', 'i2', 'i3'], 'during the outage the instances are those known last');
      await observer.client.restore();
      await stage.until('the watch is live', () => reader.last?.freshness === 'live', liveMs);
      const gone = registrations.map(({ instance }) => instance);
      assertSame(reader.last?.delta, { added: [], updated: [], removed: gone }, 'all of them have left');
      assertSame(await stage.ids(await stage.actor()), [], 'as the list says');
    },
  },
  {
    clause: 'W6',
    title: 'an outage is interrupted and resumed once each in the diagnostics',
    async run(stage) {
      const { observer, reader } = await watchedService(stage);
      await observer.client.cut();
      await stage.until('the watch is stale', () => reader.last?.freshness === 'stale', staleMs);
      await observer.client.restore();
      await stage.until('the watch is live', () => reader.last?.freshness === 'live', liveMs);
      const types = observer.diagnostics.map(({ type }) => type);
      const resumed = types.filter((type) => type === 'watch-resumed').length;
      assert.equal(resumed, 1, `watch-resumed is told once, not ${resumed} times`);
      assert.ok(types.indexOf('watch-interrupted') < types.indexOf('watch-resumed'), 'after watch-interrupted');
    },
  },
  {
    clause: 'W6',
    title: 'a reader who joins during an outage gets what is known, as stale',
    async run(stage) {
      const { observer, reader } = await watchedService(stage);
      await observer.client.cut();
      await stage.until('the watch is stale', () => reader.last?.freshness === 'stale', staleMs);
      const joiner = stage.read(observer);
      await stage.until('the joiner has it', () => joiner.last !== undefined, stage.slackMs);
      assert.equal(joiner.last?.freshness, 'stale', 'as stale');
      assertSame(joiner.instances, reader.instances, 'with what is known');
      await observer.client.restore();
      await stage.until(
        'both are live',
        () => [reader, joiner].every(({ last }) => last?.freshness === 'live'),
        liveMs,
      );
    },
  },
  {
    clause: 'W7',
    title: 'before the first good read nothing is yielded, and no empty set stands in for what is not known',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const { instance } = await owner.registry.register(sample());
      await observer.client.cut();
      const reader = stage.read(observer);
      await stage.holdsFor(4 * callTimeoutMs, 'nothing is yielded', () => reader.last === undefined && !reader.ended);
      await observer.client.restore();
      await stage.until('the first snapshot comes', () => reader.last !== undefined, liveMs);
      const [first] = reader.snapshots;
      assertSame(first?.instances, [instance], 'it is complete');
      assertSame([first?.freshness, first?.reason], ['live', 'initial'], 'live, and initial');
    },
  },
  {
    clause: 'W7',
    title: 'a break that heals within a second shakes nobody: the set stays, and changes go on',
    async run(stage) {
      const { owner, observer, reader } = await watchedService(stage);
      await observer.client.cut();
      await stage.world.elapse(200);
      await observer.client.restore();
      await stage.world.elapse(2 * callTimeoutMs);
      const { instance } = await owner.registry.register(sample('orders', 4));
      await stage.until('a change comes through', () => reader.ids?.includes(instance.id) === true, liveMs);
      assert.equal(reader.last?.freshness, 'live', 'the watch is live');
      for (const { instances, delta } of reader.snapshots.slice(1)) {
        assert.ok(instances.length >= 3, 'the set was never emptied');
        assertSame([...delta.removed, ...delta.updated], [], 'nothing but the newcomer was told');
      }
    },
  },
  {
    clause: 'W8',
    title: 'REGISTRY_FORBIDDEN ends a watch before its first good read, and later is an outage like any other',
    async run(stage) {
      const forbidden = new RegistryError('REGISTRY_FORBIDDEN', 'The rights were taken away.');
      const [owner, observer] = [await stage.actor(), await stage.tapped()];
      observer.tap.fail('watch', forbidden);
      const refused = stage.read(observer);
      await stage.until('the watch ends', () => refused.ended !== undefined, convergenceMs);
      assert.ok(
        RegistryError.is(refused.ended?.error, 'REGISTRY_FORBIDDEN'),
        `it throws, not ${String(refused.ended?.error)}`,
      );
      const { instance } = await owner.registry.register(sample());
      const reader = stage.read(observer);
      await stage.until('another watch opens', () => reader.ids?.length === 1, convergenceMs);
      for (let attempt = 1; attempt <= 20; attempt += 1) observer.tap.fail('watch', forbidden);
      observer.tap.breakWatches(forbidden);
      await stage.until('it is stale', () => reader.last?.freshness === 'stale', staleMs);
      observer.tap.letGo();
      await stage.until('it is live again', () => reader.last?.freshness === 'live', liveMs);
      assertSame(reader.instances, [instance], 'with the same set');
      assert.equal(reader.ended, undefined, 'and goes on');
    },
  },
  {
    clause: 'W8',
    title: 'REGISTRY_UNSUPPORTED and bugs end a watch by throwing, also after its first good read',
    async run(stage) {
      const observer = await stage.tapped();
      for (const [error, code] of [
        [new RegistryError('REGISTRY_UNSUPPORTED', 'This cannot be watched.'), 'REGISTRY_UNSUPPORTED'],
        [new Error('a bug in a driver'), 'REGISTRY_INTERNAL'],
      ] as const) {
        const reader = stage.read(observer);
        await stage.until('the watch opens', () => reader.last !== undefined, convergenceMs);
        observer.tap.breakWatches(error);
        await stage.until('the watch ends', () => reader.ended !== undefined, convergenceMs);
        assert.ok(RegistryError.is(reader.ended?.error, code), `it throws ${code}, not ${String(reader.ended?.error)}`);
      }
    },
  },
  {
    clause: 'W8',
    title: 'closing the registry ends its watches normally, also those with a read pending or an outage going on',
    async run(stage) {
      const { observer, reader } = await watchedService(stage);
      const other = stage.read(observer, 'nobody');
      await stage.until('the other watch opens', () => other.last !== undefined, convergenceMs);
      const unread = observer.registry.watch('orders');
      await observer.client.cut();
      await stage.until('the watch is stale', () => reader.last?.freshness === 'stale', staleMs);
      await stage.settled('closing', observer.registry.close(), callTimeoutMs + stage.slackMs);
      await stage.until('the watches end', () => [reader, other].every(({ ended }) => ended), convergenceMs);
      assertSame([reader.ended, other.ended], [{}, {}], 'without an error');
      const result = await stage.settled('a later read', unread.next(), convergenceMs);
      assertSame(result, { done: true, value: undefined }, 'a watcher that was open is done');
    },
  },
];

interface WatchedService {
  readonly owner: Actor;
  readonly observer: Actor;
  readonly reader: Reader;
  readonly registrations: readonly Registration[];
}

/** Three instances, and a reader that knows them. */
async function watchedService(stage: Stage): Promise<WatchedService> {
  const [owner, observer] = [await stage.actor(), await stage.actor()];
  const registrations = await Promise.all([1, 2, 3].map((number) => owner.registry.register(sample('orders', number))));
  const reader = stage.read(observer);
  await stage.until('the watch shows all', () => reader.ids?.length === 3, convergenceMs);
  return { owner, observer, reader, registrations };
}
