import assert from 'node:assert/strict';
import { type RegistrationStateChange, RegistryError } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, healedMs, noticedMs, sample } from '../stage.ts';
import { takeover } from './takeover-scene.ts';

/** What an owner is told, and when: L7, L8. */
export const stateCases: readonly ConformanceCase[] = [
  {
    clause: 'L7',
    title: 'the states of an outage follow each other in order: suspect, lost, active, and closed at the end',
    async run(stage) {
      const owner = await stage.actor();
      const changes: RegistrationStateChange[] = [];
      const registration = await owner.registry.register(sample(), {
        ttlMs: stage.ttlMs,
        onStateChange: (change) => changes.push(change),
      });
      const { ttlMs } = registration.lease;
      assert.equal(registration.state, 'active', 'it begins as active');
      await owner.client.cut();
      await stage.until('it is suspect', () => registration.state === 'suspect', noticedMs(ttlMs));
      await stage.until('it is lost', () => registration.state === 'lost', ttlMs + callTimeoutMs);
      await owner.client.restore();
      await stage.until('it is back', () => registration.state === 'active', healedMs(ttlMs));
      await stage.settled('closing', registration.close(), callTimeoutMs);
      await stage.settle();
      assertSame(
        changes.map(({ from, to }) => `${from} → ${to}`),
        ['active → suspect', 'suspect → lost', 'lost → active', 'active → closed'],
        'each change is told, in order, and none at birth',
      );
      const [suspect, , active, closed] = changes;
      assert.ok(
        RegistryError.is(suspect?.cause, 'REGISTRY_UNAVAILABLE'),
        `suspect has a cause: ${String(suspect?.cause)}`,
      );
      assert.equal(active?.cause, undefined, 'a return has none');
      assert.equal(closed?.cause, undefined, 'nor has an end that was asked for');
    },
  },
  {
    clause: 'L7',
    title: 'an outage that ends in time is suspect and active again, and never lost',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const changes: string[] = [];
      const registration = await owner.registry.register(sample(), {
        ttlMs: 2 * stage.ttlMs,
        onStateChange: ({ to }) => changes.push(to),
      });
      const { lease } = registration;
      await owner.client.cut();
      await stage.until('it is suspect', () => registration.state === 'suspect', noticedMs(lease.ttlMs));
      await owner.client.restore();
      await stage.until('it is active', () => registration.state === 'active', lease.ttlMs / 4 + callTimeoutMs);
      const listed = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      await stage.holdsFor(stage.ttlMs, 'the entry is listed', listed);
      assertSame(changes, ['suspect', 'active'], 'two changes are told');
      assert.equal(registration.lease, lease, 'it is the same lease');
    },
  },
  {
    clause: 'L7',
    title: 'an owner that is superseded is closed without having been lost',
    async run(stage) {
      const [first, second] = [await stage.actor(), await stage.actor()];
      const changes: RegistrationStateChange[] = [];
      const former = await first.registry.register(sample(), {
        ttlMs: stage.ttlMs,
        onStateChange: (change) => changes.push(change),
      });
      await second.registry.register(sample());
      await stage.until('it is closed', () => former.state === 'closed', noticedMs(former.lease.ttlMs));
      await stage.settle();
      // On a busy machine it may have been suspect before: an attempt took too long.
      const told = changes.filter(({ to }) => to === 'lost' || to === 'closed');
      assertSame(
        told.map(({ to }) => to),
        ['closed'],
        'its end is told, and no loss',
      );
      assert.ok(RegistryError.is(told[0]?.cause, 'LEASE_SUPERSEDED'), `with its cause, not ${String(told[0]?.cause)}`);
    },
  },
  {
    clause: 'L7',
    title: "onLost 'close' goes through lost",
    async run(stage) {
      const owner = await stage.actor();
      const changes: string[] = [];
      const registration = await owner.registry.register(sample(), {
        ttlMs: stage.ttlMs,
        onLost: 'close',
        onStateChange: ({ to }) => changes.push(to),
      });
      await stage.world.remove('orders', 'i1');
      await stage.settled('its end', registration.closed, noticedMs(registration.lease.ttlMs));
      await stage.settle();
      assertSame(changes, ['lost', 'closed'], 'the changes are told in order');
    },
  },
  {
    clause: 'L7',
    title: 'what onStateChange throws goes to diagnostics and harms nothing',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const thrown = new Error('a broken callback');
      const registration = await owner.registry.register(sample(), {
        ttlMs: stage.ttlMs,
        onStateChange: () => {
          throw thrown;
        },
      });
      await stage.world.remove('orders', 'i1');
      const back = async (): Promise<boolean> => (await stage.ids(observer)).length === 1;
      const { lease } = registration;
      await stage.until('the loss is noticed', () => lease.signal.aborted, noticedMs(lease.ttlMs));
      await stage.until('the entry is back', back, callTimeoutMs);
      const told = owner.diagnostics.filter((event) => event.type === 'callback-failed');
      assert.ok(told.length > 0 && told.every(({ error }) => error === thrown), 'what it threw is told');
    },
  },
  {
    clause: 'L8',
    title: 'the signal of a lease aborts at its loss, before onStateChange tells, and not while it is suspect',
    async run(stage) {
      const owner = await stage.actor();
      const aborted: string[] = [];
      let signal: AbortSignal | undefined;
      const registration = await owner.registry.register(sample(), {
        ttlMs: stage.ttlMs,
        onStateChange: ({ to }) => aborted.push(`${to}: ${String(signal?.aborted)}`),
      });
      const former = registration.lease;
      signal = former.signal;
      await owner.client.cut();
      await stage.until('it is lost', () => registration.state === 'lost', former.ttlMs + callTimeoutMs);
      await owner.client.restore();
      await stage.until('it is back', () => registration.state === 'active', healedMs(former.ttlMs));
      await stage.settle();
      assertSame(aborted, ['suspect: false', 'lost: true', 'active: true'], 'the signal of the first lease');
      assert.notEqual(registration.lease, former, 'the new lease is another object');
      assert.equal(registration.lease.signal.aborted, false, 'whose signal has not aborted');
    },
  },
  {
    clause: 'L8',
    title: 'the signal of a lease aborts when it is superseded or closed, before onStateChange tells',
    async run(stage) {
      const { former, registration } = await takeover(stage);
      await stage.until('the former is closed', () => former.state === 'closed', noticedMs(former.lease.ttlMs));
      assert.ok(former.lease.signal.aborted, 'the superseded lease has ended');
      assert.equal(registration.lease.signal.aborted, false, 'and that of the newcomer has not');
      const owner = await stage.actor();
      const aborted: string[] = [];
      let signal: AbortSignal | undefined;
      const closing = await owner.registry.register(sample('other'), {
        onStateChange: ({ to }) => aborted.push(`${to}: ${String(signal?.aborted)}`),
      });
      signal = closing.lease.signal;
      await stage.settled('closing', closing.close(), callTimeoutMs);
      await stage.settle();
      assertSame(aborted, ['closed: true'], 'the signal of the closed lease');
    },
  },
];
