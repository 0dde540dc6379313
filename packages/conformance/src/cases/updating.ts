import assert from 'node:assert/strict';
import { RegistryError } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, healedMs, noticedMs, sample } from '../stage.ts';

/** Changing an entry in place: R5. */
export const updatingCases: readonly ConformanceCase[] = [
  {
    clause: 'R5',
    title: 'an update is one step: no absence on the way, the same lease before and after',
    async run(stage) {
      const hand = await stage.hand();
      const [owner, watcher] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register({ ...sample(), weight: 1 });
      const { lease } = registration;
      const steps = stage.readDriver(hand.client);
      const reader = stage.read(watcher);
      const weight = (): number | undefined => reader.instances[0]?.weight;
      const step = (): number | undefined => steps.steps.at(-1)?.get('i1')?.weight;
      for (const next of [1, 2, 3]) {
        if (next > 1) await registration.update({ weight: next });
        await stage.until(`both watches show ${next}`, () => weight() === next && step() === next, convergenceMs);
      }
      assertSame(await watcher.registry.list('orders'), [registration.instance], 'list shows the update');
      assertSame(steps.weightsOf('i1'), [1, 2, 3], 'the entry was never absent');
      const since = reader.snapshots.slice(1);
      assertSame(
        since.flatMap(({ delta }) => delta.added.concat(delta.removed)),
        [],
        'nothing was removed or added',
      );
      assert.equal(registration.lease, lease, 'the handle has the same lease');
      assert.equal(lease.signal.aborted, false, 'which lives');
    },
  },
  {
    clause: 'R5',
    title: 'an update that resolved is in every list that is started afterwards',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register(sample());
      for (const status of ['draining', 'out-of-service', 'up'] as const) {
        await registration.update({ status });
        assertSame(await observer.registry.list('orders'), [registration.instance], `${status} is listed`);
      }
    },
  },
  {
    clause: 'R5',
    title:
      'patches show on the handle at once, add up in the order of the calls, and the newest instance is what stands',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register({ ...sample(), zone: 'a' });
      const updates = [
        registration.update({ weight: 1 }),
        registration.update({ version: '2' }),
        registration.update({ weight: 3, zone: undefined }),
        registration.update({ metadata: { four: '4' } }),
      ];
      const { weight, version, zone } = registration.instance;
      assertSame({ weight, version, zone }, { weight: 3, version: '2', zone: undefined }, 'the patches show at once');
      assertSame(registration.instance.metadata, { four: '4' }, 'also that of the metadata');
      await stage.settled('all updates', Promise.all(updates), 4 * callTimeoutMs);
      assertSame(await observer.registry.list('orders'), [registration.instance], 'the newest stands');
    },
  },
  {
    clause: 'R5',
    title: 'an update that could not be written is written with a later renewal',
    async run(stage) {
      const { client, registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register({ ...sample(), weight: 1 }, { ttlMs: 2 * stage.ttlMs });
      await client.cut();
      const update = registration.update({ weight: 2 });
      assert.equal(registration.instance.weight, 2, 'the patch shows at once');
      await stage.refused('the update', update, 'REGISTRY_UNAVAILABLE');
      assert.equal(registration.instance.weight, 2, 'a failure takes nothing back');
      await client.restore();
      const written = async (): Promise<boolean> => (await observer.registry.list('orders'))[0]?.weight === 2;
      await stage.until('the update is written', written, noticedMs(registration.lease.ttlMs));
      assert.ok(tap.sent('register') === 1, 'under the same lease');
    },
  },
  {
    clause: 'R5',
    title: 'an update whose answer was lost stands, and the next one does too',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register({ ...sample(), weight: 1 }, { ttlMs: stage.ttlMs });
      tap.loseAnswer('update');
      await stage.refused('the update', registration.update({ weight: 2 }), 'REGISTRY_UNAVAILABLE');
      const weight = async (): Promise<number | undefined> => (await observer.registry.list('orders'))[0]?.weight;
      assert.equal(await weight(), 2, 'the update stands');
      await stage.settled('the next update', registration.update({ weight: 3 }), callTimeoutMs);
      assert.equal(await weight(), 3, 'the next update stands');
      await stage.holdsFor(stage.ttlMs, 'it stays', async () => (await weight()) === 3);
      assert.equal(registration.state, 'active', 'and the owner believes in it');
    },
  },
  {
    clause: 'R5',
    title: 'the signal of an update ends the wait and not the change',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register({ ...sample(), weight: 1 }, { ttlMs: stage.ttlMs });
      const request = tap.holdRequest('update');
      const aborting = new AbortController();
      const update = registration.update({ weight: 2 }, { signal: aborting.signal });
      update.catch(() => undefined);
      await stage.until('the update is on its way', () => request.isReached, callTimeoutMs);
      const reason = new Error('not that patient');
      aborting.abort(reason);
      assert.equal(await stage.failure('the update', update, stage.slackMs), reason, 'the wait ends with the reason');
      assert.equal(registration.instance.weight, 2, 'the change stays');
      request.open();
      const written = async (): Promise<boolean> => (await observer.registry.list('orders'))[0]?.weight === 2;
      await stage.until('the change is written', written, noticedMs(registration.lease.ttlMs));
    },
  },
  {
    clause: 'R5',
    title: 'an update made in an outage rejects after its bound, and what it changed is what is registered again',
    async run(stage) {
      const { client, registry } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register({ ...sample(), weight: 1 }, { ttlMs: stage.ttlMs });
      await client.cut();
      const { lease } = registration;
      await stage.until('it is lost', () => registration.state === 'lost', lease.ttlMs + callTimeoutMs);
      const bounded = registration.update({ weight: 2 });
      await stage.refused(
        'an update during the outage',
        bounded,
        'REGISTRY_UNAVAILABLE',
        callTimeoutMs + stage.slackMs,
      );
      await client.restore();
      await stage.until('it is back', () => registration.state === 'active', healedMs(lease.ttlMs));
      assert.equal((await observer.registry.list('orders'))[0]?.weight, 2, 'the newest instance was registered');
      await stage.settled('the next update', registration.update({ weight: 3 }), callTimeoutMs);
      assert.equal((await observer.registry.list('orders'))[0]?.weight, 3, 'updates work as before');
    },
  },
  {
    clause: 'R5',
    title: 'an update made while the registration is lost resolves once the re-registration has written it',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register({ ...sample(), weight: 1 }, { ttlMs: stage.ttlMs });
      const answer = tap.holdAnswer('register');
      await stage.world.remove('orders', 'i1');
      await stage.until('it registers again', () => answer.isReached, noticedMs(registration.lease.ttlMs));
      assert.equal(registration.state, 'lost', 'meanwhile it is lost');
      const update = registration.update({ weight: 2 });
      answer.open();
      await stage.settled('the update', update, callTimeoutMs);
      assert.equal((await observer.registry.list('orders'))[0]?.weight, 2, 'the newest instance stands');
      assert.equal(registration.state, 'active', 'the registration is back');
    },
  },
  {
    clause: 'R5',
    title: 'an update of a registration that is over rejects with LEASE_NOT_FOUND, and with the cause of the end',
    async run(stage) {
      const [owner, second] = [await stage.actor(), await stage.actor()];
      const closed = await owner.registry.register(sample());
      await closed.close();
      await stage.refused('an update after close', closed.update({ weight: 1 }), 'LEASE_NOT_FOUND');
      const former = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      const { instance } = await second.registry.register(sample());
      await stage.until('it is superseded', () => former.state === 'closed', noticedMs(former.lease.ttlMs));
      const error = await stage.refused('an update after a takeover', former.update({ weight: 1 }), 'LEASE_NOT_FOUND');
      assert.ok(RegistryError.is(error.cause, 'LEASE_SUPERSEDED'), `the cause is told, not ${String(error.cause)}`);
      assertSame(await second.registry.list('orders'), [instance], 'nothing is written');
    },
  },
  {
    clause: 'R5',
    title: 'an update on a closed registry rejects with REGISTRY_CLOSED',
    async run(stage) {
      const owner = await stage.actor();
      const registration = await owner.registry.register(sample());
      await stage.settled('closing', owner.registry.close(), callTimeoutMs);
      await stage.refused('the update', registration.update({ weight: 1 }), 'REGISTRY_CLOSED');
    },
  },
  {
    clause: 'R5',
    title: 'the driver rewrites an entry only while it is the one that was written last',
    async run(stage) {
      const hand = await stage.hand();
      const observer = await stage.actor();
      const lease = await hand.claim({ ...sample(), weight: 1 }, stage.ttlMs);
      const [instance] = await observer.registry.list('orders');
      assert.ok(instance, 'the entry stands');
      await lease.update({ ...instance, weight: 2 }, hand.bounded());
      assert.equal((await observer.registry.list('orders'))[0]?.weight, 2, 'the entry is rewritten');
      await lease.renew(hand.bounded());
      await stage.world.remove('orders', 'i1');
      const late = lease.update({ ...instance, weight: 3 }, hand.bounded());
      await stage.refused('an update of what is gone', late, 'LEASE_NOT_FOUND');
      assertSame(await stage.ids(observer), [], 'nothing is written without a lease');
    },
  },
];
