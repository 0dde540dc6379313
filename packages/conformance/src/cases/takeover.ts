import assert from 'node:assert/strict';
import { RegistryError } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import { type ConformanceCase, needsAtomicFencing, needsReject } from '../conformance-case.ts';
import { callTimeoutMs, healedMs, noticedMs, sample } from '../stage.ts';
import { takeover } from './takeover-scene.ts';

/** One id, two owners: R3, R4, R8. */
export const takeoverCases: readonly ConformanceCase[] = [
  {
    clause: 'R3',
    title: 'a newcomer takes over in one step: a watch shows one change of the entry and never its absence',
    async run(stage) {
      const hand = await stage.hand();
      const [first, second, watcher] = [await stage.actor(), await stage.actor(), await stage.actor()];
      await first.registry.register({ ...sample(), weight: 1 });
      const steps = stage.readDriver(hand.client);
      const reader = stage.read(watcher);
      const weight = (): number | undefined => reader.instances[0]?.weight;
      await stage.until('both watches show the first', () => weight() === 1 && steps.ids?.length === 1, 1_000);
      const { instance } = await second.registry.register({ ...sample(), weight: 2 });
      assertSame(await watcher.registry.list('orders'), [instance], 'the list shows the newcomer');
      const lastStep = (): number | undefined => steps.steps.at(-1)?.get('i1')?.weight;
      await stage.until('both watches show the newcomer', () => weight() === 2 && lastStep() === 2, 1_000);
      assertSame(steps.weightsOf('i1'), [1, 2], 'step by step: the former, then the newcomer');
      const since = reader.snapshots.slice(1);
      assertSame(
        since.flatMap(({ delta }) => [...delta.added, ...delta.removed]),
        [],
        'nothing was removed or added',
      );
      assertSame(
        since.flatMap(({ delta }) => delta.updated),
        [instance],
        'it was one update',
      );
    },
  },
  {
    clause: 'R3',
    title: 'the former owner learns it at its next renewal and is closed with LEASE_SUPERSEDED',
    async run(stage) {
      const { former, registration } = await takeover(stage);
      await stage.until('the former is closed', () => former.state === 'closed', noticedMs(former.lease.ttlMs));
      const { cause } = await former.closed;
      assert.ok(RegistryError.is(cause, 'LEASE_SUPERSEDED'), `the cause is LEASE_SUPERSEDED, not ${String(cause)}`);
      assert.ok(former.lease.signal.aborted, 'the lease of the former has ended');
      assert.equal(registration.state, 'active', 'the newcomer goes on');
    },
  },
  {
    clause: 'R3',
    title: 'a superseded owner never takes the entry back, and its lease takes nothing along when it ends',
    async run(stage) {
      const { former, registration, observer } = await takeover(stage);
      const stands = async (): Promise<boolean> =>
        (await observer.registry.list('orders'))[0]?.weight === registration.instance.weight;
      await stage.holdsFor(1.5 * former.lease.ttlMs + stage.lagMs, "the newcomer's entry stands", stands);
      assert.equal(former.state, 'closed', 'the former is closed');
      await stage.settled('closing the former', former.close(), 2_000);
      assert.ok(await stands(), "the newcomer's entry outlives the closing of the former");
    },
  },
  {
    clause: 'R3',
    title:
      'after a takeover the former lease is refused: renew and update reject with LEASE_SUPERSEDED, revoke does no harm',
    async run(stage) {
      const [first, second] = [await stage.hand(), await stage.hand()];
      const observer = await stage.actor();
      const former = await first.claim({ ...sample(), weight: 1 }, stage.ttlMs);
      const lease = await second.claim({ ...sample(), weight: 2 }, stage.ttlMs);
      const weights = async (): Promise<readonly number[]> =>
        (await observer.registry.list('orders')).map(({ weight }) => weight);
      await stage.refused('renewing the former lease', former.renew(first.bounded()), 'LEASE_SUPERSEDED');
      const [instance] = await observer.registry.list('orders');
      assert.ok(instance, 'the entry stands');
      const rewriting = former.update({ ...instance, weight: 1 }, first.bounded());
      await stage.refused('an update under the former lease', rewriting, 'LEASE_SUPERSEDED');
      assertSame(await weights(), [2], 'the update wrote nothing');
      await former.revoke(first.bounded());
      assertSame(await weights(), [2], 'the revocation removed nothing');
      await lease.renew(second.bounded());
      await former.revoke(first.bounded());
      assertSame(await weights(), [2], 'nor does the second one');
    },
  },
  {
    clause: 'R3',
    title: 'the expiry of a superseded lease leaves the entry to its new owner',
    async run(stage) {
      const [first, second] = [await stage.hand(), await stage.hand()];
      const observer = await stage.actor();
      const former = await first.claim({ ...sample(), weight: 1 }, stage.ttlMs);
      await stage.world.elapse(former.ttlMs / 2);
      const sentAt = stage.now;
      const lease = await second.claim({ ...sample(), weight: 2 }, stage.ttlMs);
      const stands = async (): Promise<boolean> => (await observer.registry.list('orders'))[0]?.weight === 2;
      await stage.holdsUntil(sentAt + lease.ttlMs, 'the entry of the newcomer stands for its own T', stands);
    },
  },
  {
    clause: 'R3',
    title: 'a former owner whose newcomer is gone again heals its entry',
    async run(stage) {
      const { first, former, registration, observer } = await takeover(stage, { renewals: 'held' });
      await registration.close();
      assertSame(await stage.ids(observer), [], 'the newcomer is gone');
      first.tap.letGo();
      const healed = async (): Promise<boolean> =>
        (await observer.registry.list('orders'))[0]?.weight === former.instance.weight;
      await stage.until(
        'the former has its entry back',
        healed,
        noticedMs(former.lease.ttlMs) + healedMs(former.lease.ttlMs),
      );
      // The entry may be seen before the call that wrote it is answered.
      await stage.until('and believes in it', () => former.state === 'active', callTimeoutMs);
    },
  },
  {
    clause: 'R3',
    title: 'two registrations of one id in one registry are two owners like any others',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const former = await owner.registry.register({ ...sample(), weight: 1 }, { ttlMs: stage.ttlMs });
      const registration = await owner.registry.register({ ...sample(), weight: 2 }, { ttlMs: stage.ttlMs });
      await stage.until('the former is closed', () => former.state === 'closed', noticedMs(former.lease.ttlMs));
      const { cause } = await former.closed;
      assert.ok(RegistryError.is(cause, 'LEASE_SUPERSEDED'), `the cause is LEASE_SUPERSEDED, not ${String(cause)}`);
      assertSame(await observer.registry.list('orders'), [registration.instance], 'the second one stands');
    },
  },
  {
    clause: 'R3',
    title: 'a restart on the same address replaces its former self, of which no ghost is left',
    answers: 'gliderlabs/registrator#190',
    async run(stage) {
      const [before, after, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const init = { service: 'orders', endpoints: ['http://10.0.0.1:8080'] };
      const former = await before.registry.register({ ...init, version: '1' }, { ttlMs: stage.ttlMs });
      await before.client.crash();
      const { instance } = await after.registry.register({ ...init, version: '2' }, { ttlMs: stage.ttlMs });
      assertSame(await observer.registry.list('orders'), [instance], 'one instance is listed, the new one');
      const one = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.holdsFor(1.2 * former.lease.ttlMs + stage.lagMs, 'it stands when the former lease runs out', one);
    },
  },
  {
    clause: 'R4',
    title: "onConflict 'reject' is kept or refused as REGISTRY_UNSUPPORTED, as the capabilities say",
    async run(stage) {
      const owner = await stage.actor();
      const registering = owner.registry.register(sample(), { onConflict: 'reject' });
      if (stage.capabilities.conflict.includes('reject')) await registering;
      else await stage.refused('asking for what is not supported', registering, 'REGISTRY_UNSUPPORTED');
      await owner.registry.register(sample('orders', 2), { onConflict: 'replace' });
    },
  },
  {
    clause: 'R4',
    title: "with 'reject' a newcomer is told that the instance is registered already, and the entry is not touched",
    answers: 'tikv/pd#11043',
    needs: needsReject,
    async run(stage) {
      const [first, second, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const registration = await first.registry.register({ ...sample(), weight: 1 }, { ttlMs: stage.ttlMs });
      const reader = stage.read(observer);
      await stage.until('the watch shows the first', () => reader.ids?.length === 1, 1_000);
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        const registering = second.registry.register({ ...sample(), weight: 2 }, { onConflict: 'reject' });
        await stage.refused('the newcomer', registering, 'INSTANCE_ALREADY_REGISTERED');
        assertSame(await observer.registry.list('orders'), [registration.instance], 'the entry stands as it was');
      }
      const stands = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.holdsFor(1.2 * registration.lease.ttlMs, 'the first one is renewed as ever', stands);
      assert.equal(registration.state, 'active', 'the first one is still active');
      assert.equal(reader.snapshots.length, 1, 'the watch has nothing to tell');
    },
  },
  {
    clause: 'R4',
    title: "'reject' lets a newcomer in once the former owner has closed, or has fallen silent for T + lag",
    needs: needsReject,
    async run(stage) {
      const [first, second, third] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const closing = await first.registry.register(sample(), { onConflict: 'reject', ttlMs: stage.ttlMs });
      await closing.close();
      const { lease } = await second.registry.register(sample(), { onConflict: 'reject', ttlMs: stage.ttlMs });
      await second.client.crash();
      const silentSince = stage.now;
      const early = third.registry.register(sample(), { onConflict: 'reject' });
      await stage.refused('a newcomer before its time', early, 'INSTANCE_ALREADY_REGISTERED');
      await stage.elapseUntil(silentSince + lease.ttlMs + stage.lagMs);
      await third.registry.register(sample(), { onConflict: 'reject', ttlMs: stage.ttlMs });
      assertSame(await stage.ids(third), ['i1'], 'the newcomer is in');
    },
  },
  {
    clause: 'R4',
    title: "of many newcomers that arrive at once with 'reject', exactly one gets in",
    needs: needsReject,
    async run(stage) {
      const actors = await Promise.all(Array.from({ length: 8 }, () => stage.actor()));
      const outcomes = await Promise.allSettled(
        actors.map(({ registry }, weight) => registry.register({ ...sample(), weight }, { onConflict: 'reject' })),
      );
      const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      assert.equal(winners.length, 1, `exactly one gets in, not ${winners.length}`);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected')
          assert.ok(RegistryError.is(outcome.reason, 'INSTANCE_ALREADY_REGISTERED'), String(outcome.reason));
      const observer = await stage.actor();
      const expected = winners.map(({ value }) => value.instance);
      assertSame(await observer.registry.list('orders'), expected, 'and that one is listed');
    },
  },
  {
    clause: 'R8',
    title: 'readers see what one owner wrote, newest last: nothing mixed, nothing that goes back',
    async run(stage) {
      const owner = await stage.actor();
      const reader = stage.read(await stage.actor());
      const registration = await owner.registry.register({ ...sample(), weight: 0, version: '0' });
      const updates = Array.from({ length: 20 }, (_, index) => {
        const number = index + 1;
        return registration.update({ weight: number, version: String(number), metadata: { number: String(number) } });
      });
      await stage.settled('all updates', Promise.all(updates), 5_000);
      await stage.until('the watch shows the newest', () => reader.instances[0]?.weight === 20, 1_000);
      const seen = reader.snapshots.flatMap(({ instances }) => instances);
      for (const { weight, version } of seen)
        assert.equal(version, String(weight), 'an entry is one version of the instance, never a mix');
      const weights = seen.map(({ weight }) => weight);
      assertSame(
        weights,
        weights.toSorted((a, b) => a - b),
        'versions never go back',
      );
    },
  },
  {
    clause: 'R8',
    title: "a former owner's write that arrives after a takeover never stands under the newcomer's lease",
    async run(stage) {
      const { former, registration, observer } = await takeover(stage, { renewals: 'held' });
      const reader = stage.read(observer);
      const late = await stage.failure('the late update', former.update({ weight: 7 }), noticedMs(former.lease.ttlMs));
      assert.ok(
        RegistryError.is(late, 'LEASE_SUPERSEDED') || RegistryError.is(late, 'LEASE_NOT_FOUND'),
        `the late update is told that it came too late, not ${String(late)}`,
      );
      await stage.world.elapse(former.lease.ttlMs / 2);
      assertSame(await observer.registry.list('orders'), [registration.instance], "the newcomer's entry stands");
      const seen = reader.snapshots.flatMap(({ instances }) => instances.map(({ weight }) => weight));
      assertSame([...new Set(seen)], [registration.instance.weight], 'and nobody saw another');
    },
  },
  {
    clause: 'R8',
    title: "a former owner's writes that cross a takeover come before it or not at all",
    needs: needsAtomicFencing,
    async run(stage) {
      const [first, second, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const reader = stage.read(observer);
      const former = await first.registry.register({ ...sample(), weight: 0, version: 'first' });
      const updates = Array.from({ length: 20 }, (_, index) => former.update({ weight: index + 1 }));
      const registering = second.registry.register({ ...sample(), weight: 100, version: 'second' });
      const outcomes = Promise.allSettled(updates);
      const { instance } = await stage.settled('the newcomer', registering, 5_000);
      await stage.settled('the updates', outcomes, 5_000);
      assertSame(await observer.registry.list('orders'), [instance], 'the newcomer stands');
      await stage.until('the watch shows it', () => reader.instances[0]?.version === 'second', 1_000);
      const seen = reader.snapshots.flatMap(({ instances }) => instances.map(({ version }) => version));
      const after = seen.slice(seen.indexOf('second'));
      assertSame([...new Set(after)], ['second'], 'nothing of the former comes after the newcomer');
    },
  },
];
