import assert from 'node:assert/strict';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, noticedMs, sample } from '../stage.ts';

/** Going, for good: R7. */
export const deregisteringCases: readonly ConformanceCase[] = [
  {
    clause: 'R7',
    title: 'a registration that was closed is in no list that any client starts afterwards',
    answers: 'micro/go-micro#2805',
    async run(stage) {
      const [owner, other, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      await other.registry.register(sample('orders', 100));
      for (let number = 1; number <= 5; number += 1) {
        const registration = await owner.registry.register(sample('orders', number));
        await stage.settled('closing', registration.close(), callTimeoutMs);
        const lists = await Promise.all([owner, other, observer].map((actor) => stage.ids(actor)));
        for (const ids of lists) assertSame(ids, ['i100'], 'only the other one is listed');
      }
    },
  },
  {
    clause: 'R7',
    title: 'close sets the state and ends the lease before it returns, and closed resolves without a cause',
    async run(stage) {
      const owner = await stage.actor();
      const registration = await owner.registry.register(sample());
      const { lease } = registration;
      const closing = registration.close();
      assert.equal(registration.state, 'closed', 'the state is closed at once');
      assert.ok(lease.signal.aborted, 'the lease ends at once');
      assert.equal(lease.remainingMs, 0, 'nothing remains of it');
      await stage.settled('closing', closing, callTimeoutMs);
      const { cause } = await stage.settled('its end', registration.closed, callTimeoutMs);
      assert.equal(cause, undefined, 'an end that was asked for has no cause');
    },
  },
  {
    clause: 'R7',
    title: 'all who close share one deregistration',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const registration = await registry.register(sample());
      const closing = [registration.close(), registration.close(), registration[Symbol.asyncDispose]()];
      await stage.settled('closing', Promise.all(closing), callTimeoutMs);
      await stage.settled('closing once more', registration.close(), callTimeoutMs);
      assert.equal(tap.sent('revoke'), 1, 'the entry is revoked once');
    },
  },
  {
    clause: 'R7',
    title: 'disposing a registration deregisters it',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      {
        await using registration = await owner.registry.register(sample());
        assertSame(await stage.ids(observer), [registration.instance.id], 'it is registered within the block');
      }
      assertSame(await stage.ids(observer), [], 'and gone after it');
    },
  },
  {
    clause: 'R7',
    title: 'a close that failed rejects, leaves nothing alive, and may be asked for again',
    async run(stage) {
      const { client, registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register(sample(), { ttlMs: 3 * stage.ttlMs });
      await client.cut();
      await stage.refused('closing', registration.close(), 'REGISTRY_UNAVAILABLE', callTimeoutMs + stage.slackMs);
      assert.equal(registration.state, 'closed', 'it is closed all the same');
      assertSame(await stage.ids(observer), ['i1'], 'the entry is left to its TTL');
      await client.restore();
      await stage.settled('closing again', registration.close(), 2 * callTimeoutMs);
      assertSame(await stage.ids(observer), [], 'the entry is gone');
      assert.equal(tap.sent('renew'), 0, 'nobody renewed it');
    },
  },
  {
    clause: 'R7',
    title: 'what could not be deregistered runs into its TTL: no renewal follows a close',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await owner.client.cut();
      await stage.refused('closing', registration.close(), 'REGISTRY_UNAVAILABLE', callTimeoutMs + stage.slackMs);
      const silentSince = stage.now;
      await owner.client.restore();
      await stage.elapseUntil(silentSince + registration.lease.ttlMs + stage.lagMs);
      assertSame(await stage.ids(observer), [], 'the entry is gone');
    },
  },
  {
    clause: 'R7',
    title: 'a registration closed while it was lost never comes back',
    async run(stage) {
      const [owner, observer] = [await stage.tapped(), await stage.actor()];
      const registration = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      const { ttlMs } = registration.lease;
      await owner.client.cut();
      await stage.until('it is lost', () => registration.state === 'lost', ttlMs + callTimeoutMs);
      await stage.until(
        'it is gone',
        async () => (await stage.ids(observer)).length === 0,
        stage.lagMs + callTimeoutMs,
      );
      const closing = Promise.allSettled([registration.close()]);
      assert.equal(registration.state, 'closed', 'it is closed at once');
      const attempts = owner.tap.sent('register');
      await stage.settled('closing', closing, 2 * callTimeoutMs);
      await owner.client.restore();
      const away = async (): Promise<boolean> => (await stage.ids(observer)).length === 0;
      await stage.holdsFor(ttlMs, 'no zombie registers it again', away);
      assert.equal(owner.tap.sent('register'), attempts, 'no attempt is made after the close');
    },
  },
  {
    clause: 'R7',
    title: 'a re-registration that is under way at the close is revoked when it returns',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const reader = stage.read(observer);
      const registration = await registry.register(sample(), { ttlMs: stage.ttlMs });
      const answer = tap.holdAnswer('register');
      await stage.world.remove('orders', 'i1');
      await stage.until('it registers again', () => answer.isReached, noticedMs(registration.lease.ttlMs));
      const closing = registration.close();
      assert.equal(registration.state, 'closed', 'close wins at once');
      answer.open();
      await stage.settled('closing', closing, 2 * callTimeoutMs);
      const away = async (): Promise<boolean> => (await stage.ids(observer)).length === 0;
      await stage.until('what returned is revoked', away, callTimeoutMs);
      await stage.holdsFor(stage.ttlMs / 2, 'and nothing follows', away);
      await stage.until('the watch agrees', () => reader.ids?.length === 0, convergenceMs);
    },
  },
  {
    clause: 'R7',
    title: 'a close that comes while an update is under way has the last word',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register(sample(), { ttlMs: stage.ttlMs });
      const request = tap.holdRequest('update');
      const update = registration.update({ weight: 1 });
      const settled = Promise.allSettled([update]);
      await stage.until('the update is on its way', () => request.isReached, callTimeoutMs);
      const closing = registration.close();
      request.open();
      await stage.settled('closing', closing, 2 * callTimeoutMs);
      await stage.settled('the update', settled, 2 * callTimeoutMs);
      const away = async (): Promise<boolean> => (await stage.ids(observer)).length === 0;
      await stage.holdsFor(stage.ttlMs / 2, 'the entry stays away', away);
    },
  },
  {
    clause: 'R7',
    title: 'revoking what is gone already is success',
    async run(stage) {
      const hand = await stage.hand();
      const lease = await hand.claim(sample('orders', 1), stage.ttlMs);
      await lease.revoke(hand.bounded());
      await lease.revoke(hand.bounded());
      const removed = await hand.claim(sample('orders', 2), stage.ttlMs);
      await stage.world.remove('orders', 'i2');
      await removed.revoke(hand.bounded());
      const wiped = await hand.claim(sample('orders', 3), stage.ttlMs);
      await stage.world.wipe();
      await wiped.revoke(hand.bounded());
      const expired = await hand.claim(sample('orders', 4), stage.ttlMs);
      await stage.elapseUntil(stage.now + expired.ttlMs + stage.lagMs);
      await expired.revoke(hand.bounded());
      assertSame(await stage.ids(await stage.actor()), [], 'nothing is left');
    },
  },
];
