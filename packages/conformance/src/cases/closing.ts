import assert from 'node:assert/strict';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, sample } from '../stage.ts';

/** Closing a registry: C2, C3. */
export const closingCases: readonly ConformanceCase[] = [
  {
    clause: 'C2',
    title: 'close deregisters every registration, ends every watch, and leaves those of others alone',
    async run(stage) {
      const [owner, other, observer] = [await stage.tapped(), await stage.actor(), await stage.actor()];
      const registrations = await Promise.all(
        [1, 2, 3, 4, 5].map((number) => owner.registry.register(sample('orders', number))),
      );
      await other.registry.register(sample('orders', 9));
      const reader = stage.read(owner);
      const watching = stage.read(observer);
      await stage.until(
        'the watches show all',
        () => reader.ids?.length === 6 && watching.ids?.length === 6,
        convergenceMs,
      );
      await stage.settled('closing', owner.registry.close(), callTimeoutMs + stage.slackMs);
      assertSame(await stage.ids(observer), ['i9'], 'the entries are gone');
      await stage.until('the watch of the other shows it', () => watching.ids?.join() === 'i9', convergenceMs);
      assertSame(
        registrations.map(({ state }) => state),
        registrations.map(() => 'closed'),
        'all are closed',
      );
      await stage.until('the own watch ends', () => reader.ended !== undefined, stage.slackMs);
      assertSame(reader.ended, {}, 'normally');
      assert.equal(owner.tap.disposals, 1, 'the driver is disposed');
      assert.equal(owner.tap.openWatches, 0, 'no watch is left');
    },
  },
  {
    clause: 'C2',
    title: 'registrations are closed side by side, and the driver is disposed after them',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      for (const number of [1, 2, 3]) await registry.register(sample('orders', number));
      const gates = [1, 2, 3].map(() => tap.holdRequest('revoke'));
      const closing = registry.close();
      closing.catch(() => undefined);
      await stage.until('all are on their way', () => gates.every(({ isReached }) => isReached), callTimeoutMs / 2);
      assert.equal(tap.disposals, 0, 'the driver is still there');
      for (const gate of gates) gate.open();
      await stage.settled('closing', closing, callTimeoutMs);
      assert.equal(tap.disposals, 1, 'then it is disposed');
    },
  },
  {
    clause: 'C2',
    title: 'close is idempotent and shared',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      await registry.register(sample());
      const closing = [registry.close(), registry.close(), registry[Symbol.asyncDispose]()];
      await stage.settled('closing', Promise.all(closing), callTimeoutMs);
      await stage.settled('closing once more', registry.close(), callTimeoutMs);
      assert.equal(tap.sent('revoke'), 1, 'the entry is revoked once');
      assert.equal(tap.disposals, 1, 'the driver is disposed once');
    },
  },
  {
    clause: 'C2',
    title: 'close is bounded in time: what could not be deregistered is reported and left to its TTL',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const { lease } = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await owner.client.cut();
      const silentSince = stage.now;
      await stage.settled('closing', Promise.allSettled([owner.registry.close()]), callTimeoutMs + stage.slackMs);
      const reports = owner.diagnostics.filter((event) => event.type === 'deregistration-failed');
      assertSame(
        reports.map(({ service, id }) => ({ service, id })),
        [{ service: 'orders', id: 'i1' }],
        'it is reported',
      );
      await owner.client.restore();
      await stage.elapseUntil(silentSince + lease.ttlMs + stage.lagMs);
      assertSame(await stage.ids(observer), [], 'its TTL removes it');
    },
  },
  {
    clause: 'C2',
    title: 'a registration that is under way when its registry closes is rejected, and leaves no entry',
    async run(stage) {
      const [owner, observer] = [await stage.tapped(), await stage.actor()];
      const answer = owner.tap.holdAnswer('register');
      const registering = owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      registering.catch(() => undefined);
      await stage.until('it is under way', () => answer.isReached, callTimeoutMs);
      const writtenBy = stage.now;
      const closing = owner.registry.close();
      await stage.refused('the registration', registering, 'REGISTRY_CLOSED', callTimeoutMs + stage.slackMs);
      answer.open();
      await stage.settled('closing', closing, callTimeoutMs + stage.slackMs);
      const { ttlMs } = await (await stage.hand()).claim(sample('other'), stage.ttlMs);
      await stage.elapseUntil(writtenBy + ttlMs + stage.lagMs + stage.slackMs);
      assertSame(await stage.ids(observer), [], 'nothing is left');
    },
  },
  {
    clause: 'C3',
    title: 'after close every call rejects with REGISTRY_CLOSED, and nothing is sent any more',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const registration = await registry.register(sample());
      await stage.settled('closing', registry.close(), callTimeoutMs);
      const sent = tap.sentInAll;
      for (const [call, act] of [
        ['register', () => registry.register(sample())],
        ['list', () => registry.list('orders')],
        ['services', () => registry.services()],
        ['update', () => registration.update({ weight: 1 })],
        ['a read of a new watcher', () => registry.watch('orders').next()],
      ] as const) {
        const error = await stage.refused(call, act(), 'REGISTRY_CLOSED', stage.slackMs);
        assert.equal(error.retryable, false, `${call}: it is not retryable`);
      }
      await stage.world.elapse(stage.ttlMs);
      assert.equal(tap.sentInAll, sent, 'nothing is sent');
    },
  },
  {
    clause: 'C3',
    title: 'calls that are under way at the close reject with REGISTRY_CLOSED and do not hang',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      tap.holdRequest('list');
      tap.holdRequest('services');
      const list = registry.list('orders');
      const services = registry.services();
      list.catch(() => undefined);
      services.catch(() => undefined);
      await stage.settle();
      const closing = registry.close();
      await stage.refused('list', list, 'REGISTRY_CLOSED', stage.slackMs);
      await stage.refused('services', services, 'REGISTRY_CLOSED', stage.slackMs);
      await stage.settled('closing', closing, callTimeoutMs);
    },
  },
  {
    clause: 'C3',
    title: 'an entry that was lost when its registry closed is not registered again',
    async run(stage) {
      const [owner, observer] = [await stage.tapped(), await stage.actor()];
      const registration = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await owner.client.cut();
      const { ttlMs } = registration.lease;
      await stage.until('it is lost', () => registration.state === 'lost', ttlMs + callTimeoutMs);
      await stage.settled('closing', Promise.allSettled([owner.registry.close()]), callTimeoutMs + stage.slackMs);
      const tried = owner.tap.sent('register');
      await owner.client.restore();
      await stage.world.elapse(ttlMs);
      assert.equal(owner.tap.sent('register'), tried, 'nobody tries any more');
      assertSame(await stage.ids(observer), [], 'the entry stays gone');
    },
  },
];
