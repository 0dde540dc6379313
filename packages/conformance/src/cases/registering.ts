import assert from 'node:assert/strict';
import { assertSame } from '../assert-same.ts';
import { type ConformanceCase, needsReject } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, sample } from '../stage.ts';

/** Coming in, or not: R1, R2, R9. */
export const registeringCases: readonly ConformanceCase[] = [
  {
    clause: 'R1',
    title: 'a registration that has resolved is in every list that any client starts afterwards',
    answers: 'nacos-group/nacos-sdk-go#736',
    async run(stage) {
      const owner = await stage.actor();
      const observers = [owner, await stage.actor(), await stage.actor()];
      for (let number = 1; number <= 10; number += 1) {
        const { instance } = await owner.registry.register(sample('orders', number));
        const lists = await Promise.all(observers.map(({ registry }) => registry.list('orders')));
        for (const list of lists) {
          const listed = list.find(({ id }) => id === instance.id);
          assertSame(listed, instance, `${instance.id} is listed as soon as it is registered`);
        }
      }
    },
  },
  {
    clause: 'R1',
    title: 'registrations made side by side are all listed once they have resolved',
    async run(stage) {
      const [owner, other, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
      await Promise.all(
        numbers.map(async (number) => {
          const { registry } = number % 2 === 0 ? owner : other;
          const { instance } = await registry.register(sample('orders', number));
          const ids = await stage.ids(observer);
          assert.ok(ids.includes(instance.id), `${instance.id} is listed as soon as it is registered`);
        }),
      );
      assert.equal((await stage.ids(observer)).length, numbers.length, 'all are listed');
    },
  },
  {
    clause: 'R1',
    title:
      'an answer that comes later than T after the call was sent counts as a failure, and what it wrote is revoked',
    async run(stage) {
      const { registry, tap } = await stage.tapped({ callTimeoutMs: 4 * stage.ttlMs + 4 * stage.slackMs });
      const observer = await stage.actor();
      const request = tap.holdRequest('register');
      const registering = registry.register(sample(), { ttlMs: stage.ttlMs });
      const refused = stage.refused('the registration', registering, 'REGISTRY_UNAVAILABLE', 3 * stage.ttlMs);
      await stage.until('the call is on its way', () => request.isReached, callTimeoutMs);
      // A server may grant more than was asked for: late is what exceeds the TTL that it granted.
      const granted = await (await stage.hand()).claim(sample('other'), stage.ttlMs);
      await stage.world.elapse(granted.ttlMs + 1);
      request.open();
      await refused;
      await stage.until(
        'what it wrote is revoked',
        async () => (await stage.ids(observer)).length === 0,
        callTimeoutMs,
      );
    },
  },
  {
    clause: 'R2',
    title: 'a registration aborted under way rejects at once, and the entry that it wrote is removed',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const reader = stage.read(observer);
      const answer = tap.holdAnswer('register');
      const aborting = new AbortController();
      const registering = registry.register(sample(), { ttlMs: stage.ttlMs, signal: aborting.signal });
      const listed = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      registering.catch(() => undefined);
      await stage.until('the entry is written', listed, callTimeoutMs);
      const reason = new Error('no longer wanted');
      aborting.abort(reason);
      assert.equal(await stage.failure('the registration', registering, stage.slackMs), reason, 'the reason is given');
      answer.open();
      await stage.until('the entry is removed', async () => !(await listed()), callTimeoutMs);
      await stage.holdsFor(stage.ttlMs / 2, 'the entry stays away', async () => !(await listed()));
      await stage.until('the watch agrees', () => reader.ids?.length === 0, convergenceMs);
    },
  },
  {
    clause: 'R2',
    title: 'a registration whose answer never came leaves no entry beyond T + lag',
    async run(stage) {
      const owner = await stage.tapped();
      const observer = await stage.actor();
      owner.tap.loseAnswer('register');
      const registering = owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await stage.refused('the registration', registering, 'REGISTRY_UNAVAILABLE');
      const handled = stage.now;
      const granted = await (await stage.hand()).claim(sample('other'), stage.ttlMs);
      await stage.elapseUntil(handled + granted.ttlMs + stage.lagMs);
      assertSame(await stage.ids(observer), [], 'nothing is left');
    },
  },
  {
    clause: 'R2',
    title: 'a registration that rejects because the backend is out of reach leaves nothing behind once it is back',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      await owner.client.cut();
      const registering = owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await stage.refused('the registration', registering, 'REGISTRY_UNAVAILABLE');
      await owner.client.restore();
      const { lease } = await owner.registry.register(sample('other'), { ttlMs: stage.ttlMs });
      await stage.elapseUntil(stage.now + lease.ttlMs + stage.lagMs);
      assertSame(await stage.ids(observer), [], 'nobody is registered');
    },
  },
  {
    clause: 'R2',
    title: 'the removal of an unwanted entry is repeated until the backend answers',
    async run(stage) {
      const owner = await stage.tapped();
      const observer = await stage.actor();
      const answer = owner.tap.holdAnswer('register');
      const aborting = new AbortController();
      const ttlMs = 4 * stage.ttlMs;
      const registering = owner.registry.register(sample(), { ttlMs, signal: aborting.signal });
      registering.catch(() => undefined);
      const ids = async (): Promise<readonly string[]> => stage.ids(observer);
      await stage.until('the entry is written, and answered', () => answer.isReached, callTimeoutMs);
      aborting.abort(new Error('no longer wanted'));
      await owner.client.cut();
      answer.open();
      await stage.until('it tries to remove the entry', () => owner.tap.sent('revoke') > 0, callTimeoutMs);
      await stage.world.elapse(stage.ttlMs / 4);
      assertSame(await ids(), ['i1'], 'the entry stands while its owner is cut off');
      await owner.client.restore();
      const gone = async (): Promise<boolean> => (await ids()).length === 0;
      await stage.until('the entry is removed, long before its TTL', gone, ttlMs / 3 + 2 * callTimeoutMs);
    },
  },
  {
    clause: 'R2',
    title: 'an entry of the same owner is never a conflict: an attempt takes over from a former one of its own',
    async run(stage) {
      const hand = await stage.hand();
      const former = await hand.claim({ ...sample(), weight: 1 }, stage.ttlMs, { owner: 'me' });
      const steps = stage.readDriver(hand.client);
      await stage.until('the watch is open', () => steps.ids?.length === 1, convergenceMs);
      for (const onConflict of stage.capabilities.conflict)
        await hand.claim({ ...sample(), weight: 2 }, stage.ttlMs, { owner: 'me', onConflict });
      const observer = await stage.actor();
      assertSame(
        (await observer.registry.list('orders')).map(({ weight }) => weight),
        [2],
        'the latest attempt stands',
      );
      await stage.refused('the renewal of the former attempt', former.renew(hand.bounded()), 'LEASE_NOT_FOUND');
      await former.revoke(hand.bounded());
      assertSame(
        (await observer.registry.list('orders')).map(({ weight }) => weight),
        [2],
        'and outlives the former',
      );
      await stage.until('the watch shows it', () => steps.steps.at(-1)?.get('i1')?.weight === 2, convergenceMs);
      assertSame(steps.weightsOf('i1'), [1, 2], 'without an absence');
    },
  },
  {
    clause: 'R2',
    title: "an attempt whose answer was lost is no conflict for the owner's next attempt",
    needs: needsReject,
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      tap.loseAnswer('register');
      const registering = registry.register(sample(), {
        onConflict: 'reject',
        onUnavailable: 'retry',
        ttlMs: stage.ttlMs,
      });
      const registration = await stage.settled('the second attempt resolves', registering, 4 * callTimeoutMs);
      assert.equal(tap.sent('register'), 2, 'one attempt was enough');
      const listed = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.holdsFor(1.5 * stage.ttlMs, 'the entry stands, whatever becomes of the former attempt', listed);
      assert.equal(registration.state, 'active', 'and its owner believes in it');
    },
  },
  {
    clause: 'R2',
    title: 'a registration that was aborted does not stand in the way of the next',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const answer = tap.holdAnswer('register');
      const aborting = new AbortController();
      const abandoned = registry.register({ ...sample(), weight: 1 }, { signal: aborting.signal });
      abandoned.catch(() => undefined);
      await stage.until('the first attempt is under way', () => answer.isReached, callTimeoutMs);
      aborting.abort(new Error('no longer wanted'));
      const registration = await stage.settled(
        'the next resolves',
        registry.register({ ...sample(), weight: 2 }),
        callTimeoutMs,
      );
      answer.open();
      await stage.until('the first is given back', () => tap.sent('revoke') > 0, callTimeoutMs);
      const stands = async (): Promise<boolean> => {
        const weights = (await observer.registry.list('orders')).map(({ weight }) => weight);
        assertSame(weights, [2], 'the next one stands');
        return true;
      };
      await stage.holdsFor(stage.ttlMs / 2, 'the next one stands', stands);
      assert.equal(registration.state, 'active', 'and its owner believes in it');
    },
  },
  {
    clause: 'R9',
    title: "with onUnavailable 'retry' a first registration waits out an outage, and is then renewed like any other",
    answers: 'spring-cloud/spring-cloud-consul#774',
    async run(stage) {
      const [owner, observer] = [await stage.tapped(), await stage.actor()];
      await owner.client.cut();
      const registering = owner.registry.register(sample(), { ttlMs: stage.ttlMs, onUnavailable: 'retry' });
      let isOver = false;
      const mark = (): void => {
        isOver = true;
      };
      registering.then(mark, mark);
      await stage.holdsFor(3 * callTimeoutMs, 'the registration is still waiting', () => !isOver);
      assert.ok(owner.tap.sent('register') >= 2, 'it has tried more than once');
      await owner.client.restore();
      const registration = await stage.settled('it resolves', registering, stage.ttlMs / 3 + 6 * callTimeoutMs);
      const listed = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.holdsFor(1.5 * registration.lease.ttlMs, 'the entry is kept alive', listed);
      assert.ok(owner.tap.sent('renew') >= 2, 'by renewals');
    },
  },
  {
    clause: 'R9',
    title: 'a registration that waits for the backend ends by its signal, with its reason, and leaves nothing',
    async run(stage) {
      const [owner, observer] = [await stage.tapped(), await stage.actor()];
      await owner.client.cut();
      const aborting = new AbortController();
      const registering = owner.registry.register(sample(), {
        ttlMs: stage.ttlMs,
        onUnavailable: 'retry',
        signal: aborting.signal,
      });
      registering.catch(() => undefined);
      const between = (): boolean => owner.tap.sent('register') >= 2;
      await stage.until('it has tried twice', between, 6 * callTimeoutMs);
      const reason = new Error('had enough');
      aborting.abort(reason);
      assert.equal(await stage.failure('the registration', registering, stage.slackMs), reason, 'the reason is given');
      await owner.client.restore();
      const { lease } = await owner.registry.register(sample('other'), { ttlMs: stage.ttlMs });
      const tried = owner.tap.sent('register');
      await stage.elapseUntil(stage.now + lease.ttlMs + stage.lagMs);
      assertSame(await stage.ids(observer), [], 'nobody is registered');
      assert.equal(owner.tap.sent('register'), tried, 'and nobody tries any more');
    },
  },
  {
    clause: 'R9',
    title: 'what is no outage ends a waiting registration',
    needs: needsReject,
    async run(stage) {
      const [holder, owner] = [await stage.actor(), await stage.actor()];
      await holder.registry.register(sample());
      const registering = owner.registry.register(sample(), { onUnavailable: 'retry', onConflict: 'reject' });
      await stage.refused('the registration', registering, 'INSTANCE_ALREADY_REGISTERED', callTimeoutMs);
    },
  },
];
