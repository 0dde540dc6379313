import assert from 'node:assert/strict';
import { RegistryError } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, healedMs, sample } from '../stage.ts';
import { PausableClock } from '../pausable-clock.ts';

/** What adding and subtracting instants may be off by. */
const roundingMs = 0.001;

/** Keeping an entry alive, and knowing when it is not: L4, L5. */
export const renewingCases: readonly ConformanceCase[] = [
  {
    clause: 'L4',
    title: 'an entry whose owner is up never blips, however long it runs',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const { instance, lease } = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      const reader = stage.read(observer);
      await stage.until('the watch shows it', () => reader.ids?.length === 1, convergenceMs);
      const listed = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.holdsFor(3 * lease.ttlMs + stage.lagMs, 'the entry is listed', listed);
      assertSame(await observer.registry.list('orders'), [instance], 'it is as it was');
      assert.equal(reader.snapshots.length, 1, 'the watch had nothing to tell');
      assert.equal(lease.signal.aborted, false, 'the lease is the one that was granted first');
    },
  },
  {
    clause: 'L4',
    title: 'many registrations of one owner are all kept alive',
    answers: 'moleculerjs/moleculer#891',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
      const registrations = await Promise.all(
        numbers.map((number) => owner.registry.register(sample('orders', number), { ttlMs: stage.ttlMs })),
      );
      const reader = stage.read(observer);
      await stage.until('the watch shows all', () => reader.ids?.length === numbers.length, convergenceMs);
      const leases = registrations.map(({ lease }) => lease);
      const longest = Math.max(...leases.map(({ ttlMs }) => ttlMs));
      await stage.holdsFor(1.5 * longest + stage.lagMs, 'all are watched', () => reader.ids?.length === numbers.length);
      assert.equal((await stage.ids(observer)).length, numbers.length, 'all are listed');
      // An attempt may be late on a busy machine (suspect), and no lease is lost by it.
      assert.ok(
        leases.every(({ signal }) => !signal.aborted),
        'all are believed in, under the leases that were granted first',
      );
      assert.equal(reader.snapshots.length, 1, 'none of them blipped');
    },
  },
  {
    clause: 'L4',
    title: 'renewals follow each other every T/3, give or take a tenth',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const { lease } = await registry.register(sample(), { ttlMs: stage.ttlMs });
      await stage.world.elapse(3 * lease.ttlMs);
      const sent = tap.sent('renew');
      const least = stage.slackMs > 0 ? 6 : 8;
      assert.ok(sent >= least && sent <= 10, `${least} to 10 renewals in 3 T, not ${sent}`);
    },
  },
  {
    clause: 'L4',
    title: 'a renewal that failed is tried again within T/12, and nobody else notices',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register(sample(), { ttlMs: stage.ttlMs });
      const { ttlMs } = registration.lease;
      tap.fail('renew', new RegistryError('REGISTRY_UNAVAILABLE', 'A connection was reset.'));
      await stage.until('a renewal fails', () => registration.state === 'suspect', 0.37 * ttlMs + stage.slackMs);
      await stage.until('the next one succeeds', () => registration.state === 'active', ttlMs / 12 + stage.slackMs);
      assert.equal(tap.sent('renew'), 2, 'it took one more');
      const listed = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.holdsFor(ttlMs, 'the entry is listed', listed);
    },
  },
  {
    clause: 'L4',
    title: 'a renewal without an answer is given up after T/6, and another follows while the lease still lives',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register(sample(), { ttlMs: stage.ttlMs });
      const { lease } = registration;
      const answers = [tap.holdRequest('renew'), tap.holdRequest('renew')];
      await stage.until('a renewal hangs', () => answers[0]?.isReached === true, 0.37 * lease.ttlMs + stage.slackMs);
      const betweenMs = Math.min(lease.ttlMs / 6, callTimeoutMs) + lease.ttlMs / 12 + stage.slackMs;
      await stage.until('another follows', () => answers[1]?.isReached === true, betweenMs);
      await stage.until('a third one succeeds', () => registration.state === 'active', betweenMs);
      assert.equal(registration.lease, lease, 'the lease was never given up');
      assertSame(await stage.ids(observer), ['i1'], 'the entry stands');
    },
  },
  {
    clause: 'L4',
    title: 'a renewal whose answer was lost does no harm',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const { lease } = await registry.register(sample(), { ttlMs: stage.ttlMs });
      for (let count = 0; count < 3; count += 1) tap.loseAnswer('renew');
      const listed = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.holdsFor(1.5 * lease.ttlMs, 'the entry is listed', listed);
      assert.equal(lease.signal.aborted, false, 'and its owner never stopped believing in it');
    },
  },
  {
    clause: 'L5',
    title: 'an owner that is cut off believes in its lease until T after it sent the last good renewal, and no longer',
    async run(stage) {
      const owner = await stage.actor();
      const registration = await owner.registry.register(sample(), { ttlMs: stage.ttlMs });
      const { lease } = registration;
      await stage.world.elapse(0.5 * lease.ttlMs);
      await owner.client.cut();
      const deadline = stage.now + lease.remainingMs;
      const believing = (): boolean => registration.state !== 'lost' && !lease.signal.aborted;
      await stage.holdsUntil(deadline, 'the owner believes in its lease', believing);
      await stage.until('the lease is lost', () => registration.state === 'lost', stage.slackMs);
      assert.ok(lease.signal.aborted, 'the lease has ended');
      assert.equal(lease.remainingMs, 0, 'nothing remains of it');
    },
  },
  {
    clause: 'L5',
    title: 'what remains of a lease counts from when the renewal was sent, not from when it was answered',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const request = tap.holdRequest('register');
      const sentAt = stage.now;
      const registering = registry.register(sample(), { ttlMs: stage.ttlMs });
      await stage.until('the call is on its way', () => request.isReached, callTimeoutMs);
      await stage.world.elapse(Math.min(callTimeoutMs, stage.ttlMs) / 4);
      request.open();
      // Read as soon as it is there: the first renewal moves the deadline on.
      const believed = registering.then(({ lease }) => ({ ttlMs: lease.ttlMs, until: stage.now + lease.remainingMs }));
      const { ttlMs, until } = await stage.settled('the registration', believed, callTimeoutMs);
      const tooLongMs = until - sentAt - ttlMs - (stage.slackMs > 0 ? 100 : 0);
      assert.ok(tooLongMs <= roundingMs, `the owner believes ${tooLongMs} ms longer than T`);
    },
  },
  {
    clause: 'L5',
    title: 'a renewal that was answered late counts from when it was sent, too',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const { lease } = await registry.register(sample(), { ttlMs: stage.ttlMs });
      const answer = tap.holdAnswer('renew');
      const isReached = (): boolean => answer.isReached;
      await stage.until('a renewal is on its way', isReached, 0.37 * lease.ttlMs + stage.slackMs);
      const sentBy = stage.now;
      await stage.world.elapse(Math.min(callTimeoutMs, lease.ttlMs / 6) / 4);
      const beforeMs = lease.remainingMs;
      answer.open();
      await stage.until('it is answered', () => lease.remainingMs > beforeMs, callTimeoutMs);
      const tooLongMs = stage.now + lease.remainingMs - sentBy - lease.ttlMs;
      assert.ok(tooLongMs <= roundingMs, `the owner believes ${tooLongMs} ms longer than T`);
    },
  },
  {
    clause: 'L5',
    title: 'a loss is told exactly once, however long it lasts',
    answers: 'micro/go-micro#2956',
    async run(stage) {
      const owner = await stage.tapped();
      const changes: string[] = [];
      // Should a loss be told too often, this says when, beside the cuts.
      const history: string[] = [];
      const registration = await owner.registry.register(sample(), {
        ttlMs: stage.ttlMs,
        onStateChange: ({ to }) => {
          changes.push(to);
          history.push(`${to} at ${Math.round(stage.now)}`);
        },
      });
      const { ttlMs } = registration.lease;
      const told = (): number => owner.diagnostics.filter(({ type }) => type === 'registration-lost').length;
      for (let loss = 1; loss <= 2; loss += 1) {
        history.push(`cut at ${Math.round(stage.now)}`);
        await owner.client.cut();
        await stage.until('the loss is told', () => registration.state === 'lost', ttlMs + callTimeoutMs);
        const renewals = owner.tap.sent('renew');
        await stage.world.elapse(ttlMs);
        assert.equal(owner.tap.sent('renew'), renewals, 'a lease that is lost is renewed no more');
        const losses = changes.filter((to) => to === 'lost').length;
        assert.equal(losses, loss, `onStateChange told each loss once: ${history.join(', ')}`);
        assert.equal(told(), loss, 'the diagnostics told each loss once');
        await owner.client.restore();
        await stage.until('it is back', () => registration.state === 'active', healedMs(ttlMs));
      }
    },
  },
  {
    clause: 'L5',
    title: 'an owner whose process was suspended beyond its deadline loses its lease once, and comes back',
    async run(stage) {
      const clock = new PausableClock(stage.world.clock);
      const [owner, observer] = [await stage.tapped({ clock }), await stage.actor()];
      const changes: string[] = [];
      const registration = await owner.registry.register(sample(), {
        ttlMs: stage.ttlMs,
        onStateChange: ({ to }) => changes.push(to),
      });
      const { lease } = registration;
      clock.pause();
      await stage.elapseUntil(stage.now + lease.ttlMs + stage.lagMs);
      assert.equal(lease.remainingMs, 0, 'nothing remains of the lease, also while nobody could tell');
      assertSame(await stage.ids(observer), [], 'the entry has expired');
      clock.resume();
      const back = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.until('the entry is back', back, healedMs(lease.ttlMs));
      await stage.until('and believed in', () => registration.state === 'active', callTimeoutMs);
      assertSame(
        changes.filter((to) => to !== 'suspect'),
        ['lost', 'active'],
        'one loss, one return',
      );
    },
  },
];
