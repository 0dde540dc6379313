import assert from 'node:assert/strict';
import { type DiagnosticEvent, RegistryError } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, healedMs, noticedMs, sample } from '../stage.ts';

/** Coming back after a loss: R6, L6. */
export const recoveringCases: readonly ConformanceCase[] = [
  {
    clause: 'R6',
    title: 'an owner that lost its entry in an outage registers its newest instance again, under a new lease',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register({ ...sample(), weight: 1 }, { ttlMs: stage.ttlMs });
      await registration.update({ weight: 2, metadata: { newest: 'yes' } });
      const { lease } = registration;
      await owner.client.cut();
      const away = async (): Promise<boolean> => (await stage.ids(observer)).length === 0;
      await stage.until('the entry expires', away, lease.ttlMs + stage.lagMs + stage.slackMs);
      await stage.until('its owner knows', () => registration.state === 'lost', callTimeoutMs);
      await owner.client.restore();
      await stage.until('the entry is back', async () => !(await away()), healedMs(lease.ttlMs));
      await stage.until('its owner knows', () => registration.state === 'active', callTimeoutMs);
      assertSame(await observer.registry.list('orders'), [registration.instance], 'it is the newest instance');
      assert.notEqual(registration.lease, lease, 'under a lease of its own');
      assert.equal(registration.lease.signal.aborted, false, 'which lives');
      await stage.holdsFor(1.2 * lease.ttlMs, 'and is renewed', async () => !(await away()));
    },
  },
  {
    clause: 'R6',
    title: 'registering again never gives up, however many attempts have failed',
    answers: 'go-kratos/kratos#3883',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await owner.client.cut();
      const { ttlMs } = registration.lease;
      const failures = (): number => owner.diagnostics.filter(({ type }) => type === 'reregistration-failed').length;
      // A call to a backend that is cut off may take its whole bound: a long outage is long enough, with fewer attempts.
      const started = stage.now;
      const enough = (): boolean => failures() >= 12 || (failures() >= 6 && stage.now - started >= 6 * ttlMs);
      await stage.until('many attempts fail', enough, 5 * ttlMs + 6 * (callTimeoutMs + ttlMs / 3));
      assert.equal(registration.state, 'lost', 'the registration goes on trying');
      await owner.client.restore();
      const back = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.until('the entry is back', back, healedMs(ttlMs));
    },
  },
  {
    clause: 'R6',
    title: 'a store that lost everything is filled again by the owners, by default and to the last one',
    answers: 'spring-cloud/spring-cloud-consul#197',
    async run(stage) {
      const [first, second, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
      const registrations = await Promise.all(
        numbers.map((number) =>
          (number % 2 === 0 ? first : second).registry.register(sample('orders', number), { ttlMs: stage.ttlMs }),
        ),
      );
      const reader = stage.read(observer);
      await stage.until('the watch shows all', () => reader.ids?.length === numbers.length, convergenceMs);
      await stage.world.wipe();
      const ttlMs = Math.max(...registrations.map(({ lease }) => lease.ttlMs));
      const all = async (): Promise<boolean> => (await stage.ids(observer)).length === numbers.length;
      await stage.until('all are back', all, noticedMs(ttlMs) + callTimeoutMs);
      await stage.until('the watch agrees', () => reader.ids?.length === numbers.length, convergenceMs);
      const active = (): boolean => registrations.every(({ state }) => state === 'active');
      await stage.until('every owner believes in its entry', active, callTimeoutMs);
    },
  },
  {
    clause: 'R6',
    title: 'a registration that comes back takes nothing from somebody who has taken its place meanwhile',
    async run(stage) {
      const [first, second, observer] = [await stage.actor(), await stage.actor(), await stage.actor()];
      const former = await first.registry.register({ ...sample(), weight: 1 }, { ttlMs: stage.ttlMs });
      await first.client.cut();
      await stage.until('the former is lost', () => former.state === 'lost', former.lease.ttlMs + callTimeoutMs);
      const { instance } = await second.registry.register({ ...sample(), weight: 2 }, { ttlMs: stage.ttlMs });
      const reader = stage.read(observer);
      await stage.until('the watch shows the newcomer', () => reader.ids?.length === 1, convergenceMs);
      await first.client.restore();
      await stage.until('the former is closed', () => former.state === 'closed', healedMs(former.lease.ttlMs));
      const { cause } = await former.closed;
      assert.ok(RegistryError.is(cause, 'LEASE_SUPERSEDED'), `the cause is LEASE_SUPERSEDED, not ${String(cause)}`);
      assertSame(await observer.registry.list('orders'), [instance], "the newcomer's entry stands");
      await stage.settle();
      assert.equal(reader.snapshots.length, 1, 'and nobody saw it shake');
    },
  },
  {
    clause: 'R6',
    title: "with onLost 'close' a registration ends at the loss, with its cause, and stays away",
    async run(stage) {
      const [owner, observer] = [await stage.tapped(), await stage.actor()];
      const registration = await owner.registry.register(sample(), { ttlMs: stage.ttlMs, onLost: 'close' });
      await stage.world.remove('orders', 'i1');
      const { ttlMs } = registration.lease;
      const { cause } = await stage.settled('its end', registration.closed, noticedMs(ttlMs));
      assert.ok(RegistryError.is(cause, 'LEASE_NOT_FOUND'), `the loss is the cause, not ${String(cause)}`);
      assert.equal(registration.state, 'closed', 'it is closed');
      const away = async (): Promise<boolean> => (await stage.ids(observer)).length === 0;
      await stage.holdsFor(ttlMs, 'the entry stays away', away);
      assert.equal(owner.tap.sent('register'), 1, 'nobody registers it again');
    },
  },
  {
    clause: 'R6',
    title: 'an entry that was lost and is back is told about: registration-lost, then reregistered',
    async run(stage) {
      const owner = await stage.actor();
      const registration = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      await stage.world.remove('orders', 'i1');
      const told = (type: DiagnosticEvent['type']): readonly DiagnosticEvent[] =>
        owner.diagnostics.filter((event) => event.type === type);
      const back = (): boolean => told('reregistered').length > 0;
      await stage.until('it is back', back, noticedMs(registration.lease.ttlMs));
      assert.equal(told('registration-lost').length, 1, 'the loss is told once');
      assert.equal(told('reregistered').length, 1, 'the return is told once');
      const order = owner.diagnostics.map(({ type }) => type);
      assert.ok(order.indexOf('registration-lost') < order.indexOf('reregistered'), 'first the loss');
    },
  },
  {
    clause: 'L6',
    title:
      "an entry deleted behind its owner's back is noticed at the next renewal and put back, though its lease was healthy",
    answers: 'micro-in-cn/questions#5',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      const reader = stage.read(observer);
      await stage.until('the watch shows it', () => reader.ids?.length === 1, convergenceMs);
      for (let round = 1; round <= 2; round += 1) {
        const { lease } = registration;
        await stage.world.remove('orders', 'i1');
        await stage.until('its owner notices', () => lease.signal.aborted, noticedMs(lease.ttlMs));
        const back = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
        await stage.until('the entry is back', back, callTimeoutMs);
      }
      await stage.until('the watch agrees', () => reader.ids?.length === 1, convergenceMs);
    },
  },
  {
    clause: 'L6',
    title: 'a renewal of an entry that is gone rejects with LEASE_NOT_FOUND, whoever took it away',
    async run(stage) {
      const hand = await stage.hand();
      const removed = await hand.claim(sample('orders', 1), stage.ttlMs);
      await removed.renew(hand.bounded());
      await stage.world.remove('orders', 'i1');
      await stage.refused('renewing what was removed', removed.renew(hand.bounded()), 'LEASE_NOT_FOUND');
      const revoked = await hand.claim(sample('orders', 2), stage.ttlMs);
      await revoked.revoke(hand.bounded());
      await stage.refused('renewing what was revoked', revoked.renew(hand.bounded()), 'LEASE_NOT_FOUND');
      const wiped = await hand.claim(sample('orders', 3), stage.ttlMs);
      await stage.world.wipe();
      await stage.refused('renewing what was wiped', wiped.renew(hand.bounded()), 'LEASE_NOT_FOUND');
      const expired = await hand.claim(sample('orders', 4), stage.ttlMs);
      await stage.elapseUntil(stage.now + expired.ttlMs + stage.lagMs);
      await stage.refused('renewing what has expired', expired.renew(hand.bounded()), 'LEASE_NOT_FOUND');
      const observer = await stage.actor();
      assertSame(await stage.ids(observer), [], 'a renewal brings nothing back');
    },
  },
  {
    clause: 'L6',
    title: 'an entry that came back under another lease of the same owner is not this lease any more',
    async run(stage) {
      const hand = await stage.hand();
      const observer = await stage.actor();
      const former = await hand.claim(sample(), stage.ttlMs, { owner: 'me' });
      await stage.world.remove('orders', 'i1');
      const lease = await hand.claim(sample(), stage.ttlMs, { owner: 'me' });
      await stage.refused('renewing the former lease', former.renew(hand.bounded()), 'LEASE_NOT_FOUND');
      await lease.renew(hand.bounded());
      await former.revoke(hand.bounded());
      assertSame(await stage.ids(observer), ['i1'], 'ending the former lease takes nothing along');
    },
  },
];
