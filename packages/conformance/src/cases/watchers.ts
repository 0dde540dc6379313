import assert from 'node:assert/strict';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, sample } from '../stage.ts';

const done = { done: true, value: undefined };

/** The handle of one reader, and what many of them cost: W9, W10. */
export const watcherCases: readonly ConformanceCase[] = [
  {
    clause: 'W9',
    title: 'return ends a watcher at once, also while reads are pending, and releases what it held',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const watcher = registry.watch('orders');
      await stage.settled('the first snapshot', watcher.next(), convergenceMs);
      const pending = [watcher.next(), watcher.next()];
      const returning = watcher.return();
      const results = await stage.settled('the pending reads', Promise.all([...pending, returning]), stage.slackMs);
      assertSame(results, [done, done, done], 'the pending reads are done');
      assertSame(await stage.settled('a later read', watcher.next(), stage.slackMs), done, 'a later read is done');
      await stage.until('the watch of the driver ends', () => tap.openWatches === 0, callTimeoutMs);
    },
  },
  {
    clause: 'W9',
    title: 'return ends a watcher that has not had its first snapshot yet',
    async run(stage) {
      const { client, registry, tap } = await stage.tapped();
      await client.cut();
      const watcher = registry.watch('orders');
      const pending = watcher.next();
      await stage.settle();
      const results = await stage.settled('both', Promise.all([pending, watcher.return()]), stage.slackMs);
      assertSame(results, [done, done], 'the pending read is done');
      await stage.until('the watch of the driver ends', () => tap.openWatches === 0, 2 * callTimeoutMs);
      const opened = tap.sent('watch');
      await stage.world.elapse(2 * callTimeoutMs);
      assert.equal(tap.sent('watch'), opened, 'and nobody opens it again');
    },
  },
  {
    clause: 'W9',
    title: 'break and disposal end a watcher, and the others of its service go on',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.tapped()];
      const staying = stage.read(observer);
      for await (const snapshot of observer.registry.watch('orders')) {
        assertSame(snapshot.instances, [], 'nobody is there');
        break;
      }
      {
        await using watcher = observer.registry.watch('orders');
        await stage.settled('the first snapshot', watcher.next(), convergenceMs);
      }
      const { instance } = await owner.registry.register(sample());
      await stage.until('the other one goes on', () => staying.ids?.length === 1, convergenceMs);
      assertSame(staying.instances, [instance], 'with the change');
      assert.equal(observer.tap.openWatches, 1, 'on the one watch of the driver');
      await staying.watcher.return();
      await stage.until('the last one ends it', () => observer.tap.openWatches === 0, callTimeoutMs);
    },
  },
  {
    clause: 'W9',
    title: 'a service that nobody watched any more can be watched again',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.tapped()];
      for (let round = 1; round <= 3; round += 1) {
        const { instance } = await owner.registry.register({ ...sample(), weight: round });
        const watcher = observer.registry.watch('orders');
        const first = await stage.settled('the first snapshot', watcher.next(), convergenceMs);
        assertSame(first.value?.instances, [instance], 'it is up to date');
        assert.equal(first.value?.reason, 'initial', 'and initial');
        await watcher.return();
        await stage.until('the watch of the driver ends', () => observer.tap.openWatches === 0, callTimeoutMs);
      }
    },
  },
  {
    clause: 'W9',
    title: 'reads that are pending together are served in order',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register({ ...sample(), weight: 0 });
      const watcher = observer.registry.watch('orders');
      const reads = [watcher.next(), watcher.next(), watcher.next()];
      for (const [weight, read] of reads.entries()) {
        if (weight > 0) await registration.update({ weight });
        const { value } = await stage.settled(`read ${weight}`, read, convergenceMs);
        assert.equal(value?.instances[0]?.weight, weight, `read ${weight} gets change ${weight}`);
      }
    },
  },
  {
    clause: 'W9',
    title: 'a driver ends its watch by throwing the reason as soon as its signal aborts',
    async run(stage) {
      const hand = await stage.hand();
      const reader = stage.readDriver(hand.client);
      await stage.until('the watch is open', () => reader.events.length >= 1, convergenceMs);
      assertSame(reader.ended, undefined, 'the watch goes on');
      reader.end();
      await stage.until('the watch ends', () => reader.ended !== undefined, stage.slackMs);
      assert.ok(reader.isEndedByItsSignal, `it throws the reason, not ${String(reader.ended?.error)}`);
    },
  },
  {
    clause: 'W10',
    title: 'a thousand watchers of one service in one registry cost the backend one watch',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.tapped()];
      const { instance } = await owner.registry.register(sample('orders', 1));
      const watchers = Array.from({ length: 1_000 }, () => observer.registry.watch('orders'));
      const firsts = Promise.all(watchers.map((watcher) => watcher.next()));
      for (const { value } of await stage.settled('the first snapshots', firsts, 5 * convergenceMs))
        assertSame(value?.instances, [instance], 'each has the set');
      const seconds = Promise.all(watchers.map((watcher) => watcher.next()));
      const { instance: added } = await owner.registry.register(sample('orders', 2));
      for (const { value } of await stage.settled('the change', seconds, 5 * convergenceMs))
        assertSame(value?.delta.added, [added], 'each has the change');
      assert.equal(observer.tap.sent('watch'), 1, 'one watch was opened');
      assert.equal(observer.tap.openWatches, 1, 'one watch is open');
      await stage.settled('ending them', Promise.all(watchers.map((watcher) => watcher.return())), convergenceMs);
      await stage.until('the watch of the driver ends', () => observer.tap.openWatches === 0, callTimeoutMs);
    },
  },
  {
    clause: 'W10',
    title: 'watchers of different services do not share: each service is one watch',
    async run(stage) {
      const observer = await stage.tapped();
      const services = ['orders', 'bills', 'orders', 'bills', 'mail'];
      const readers = services.map((service) => stage.read(observer, service));
      await stage.until('all are open', () => readers.every(({ last }) => last !== undefined), convergenceMs);
      assert.equal(observer.tap.sent('watch'), 3, 'three services, three watches');
    },
  },
];
