import assert from 'node:assert/strict';
import { RegistryError } from '@rollcall/core';
import { assertSame } from '../assert-same.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, sample } from '../stage.ts';

/** Calling things off: C1. */
export const cancellingCases: readonly ConformanceCase[] = [
  {
    clause: 'C1',
    title: 'a signal that was aborted beforehand rejects with its reason, before the call has any effect',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const registration = await registry.register(sample());
      const sent = tap.sentInAll;
      const reason = new Error('not at all');
      const signal = AbortSignal.abort(reason);
      const before = registration.instance;
      for (const [call, act] of [
        ['register', () => registry.register(sample('orders', 2), { signal })],
        ['list', () => registry.list('orders', { signal })],
        ['services', () => registry.services({ signal })],
        ['update', () => registration.update({ weight: 1 }, { signal })],
        ['close', () => registration.close({ signal })],
      ] as const)
        assert.equal(await stage.failure(call, act(), stage.slackMs), reason, `${call} rejects with the reason`);
      assert.equal(tap.sentInAll, sent, 'nothing is sent');
      assert.equal(registration.instance, before, 'update changed nothing');
      assert.equal(registration.state, 'active', 'close closed nothing');
      assertSame(await registry.list('orders'), [before], 'the entry stands as it was');
    },
  },
  {
    clause: 'C1',
    title: 'a call that is aborted while it waits for the backend rejects with the reason at once',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      for (const [call, act] of [
        ['list', (signal: AbortSignal): Promise<unknown> => registry.list('orders', { signal })],
        ['services', (signal: AbortSignal): Promise<unknown> => registry.services({ signal })],
        ['register', (signal: AbortSignal): Promise<unknown> => registry.register(sample(), { signal })],
      ] as const) {
        const request = tap.holdRequest(call);
        const aborting = new AbortController();
        const promise = act(aborting.signal);
        promise.catch(() => undefined);
        await stage.until(`${call} is on its way`, () => request.isReached, callTimeoutMs);
        const reason = new Error(`enough of ${call}`);
        aborting.abort(reason);
        assert.equal(await stage.failure(call, promise, stage.slackMs), reason, `${call} rejects with the reason`);
        request.open();
      }
    },
  },
  {
    clause: 'C1',
    title: 'a driver rejects with the reason as soon as the signal of a call aborts',
    async run(stage) {
      const client = await stage.world.connect();
      const { driver } = client;
      const reason = new Error('no longer wanted');
      const signal = AbortSignal.abort(reason);
      for (const [call, act] of [
        ['list', () => driver.list('orders', { signal })],
        ['services', () => driver.services({ signal })],
      ] as const)
        assert.equal(await stage.failure(call, act(), stage.slackMs), reason, `${call} rejects with the reason`);
      await client.cut();
      const aborting = new AbortController();
      const list = driver.list('orders', { signal: aborting.signal });
      list.catch(() => undefined);
      aborting.abort(reason);
      const error = await stage.failure('list', list, stage.slackMs);
      const isExpected = error === reason || RegistryError.is(error, 'REGISTRY_UNAVAILABLE');
      assert.ok(isExpected, `a call to a backend that is cut off ends with its signal, not with ${String(error)}`);
    },
  },
  {
    clause: 'C1',
    title: 'a signal that aborts later never touches the registration that was returned',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const aborting = new AbortController();
      const { signal } = aborting;
      const registration = await owner.registry.register(sample(), { signal, ttlMs: stage.ttlMs });
      await registration.update({ weight: 7 }, { signal });
      aborting.abort(new Error('too late'));
      const stands = async (): Promise<boolean> => (await observer.registry.list('orders'))[0]?.weight === 7;
      await stage.holdsFor(1.2 * registration.lease.ttlMs, 'the entry is kept alive', stands);
      assert.equal(registration.state, 'active', 'the registration is active');
      assert.equal(registration.lease.signal.aborted, false, 'its lease lives');
    },
  },
  {
    clause: 'C1',
    title: 'the signal of a close ends the wait of its caller and not the deregistration',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const observer = await stage.actor();
      const registration = await registry.register(sample());
      const request = tap.holdRequest('revoke');
      const aborting = new AbortController();
      const closing = registration.close({ signal: aborting.signal });
      const other = registration.close();
      closing.catch(() => undefined);
      await stage.until('the call is on its way', () => request.isReached, callTimeoutMs);
      const reason = new Error('no time to wait');
      aborting.abort(reason);
      assert.equal(await stage.failure('closing', closing, stage.slackMs), reason, 'the wait ends with the reason');
      request.open();
      await stage.settled("the other caller's wait", other, callTimeoutMs);
      assertSame(await stage.ids(observer), [], 'the entry is gone');
    },
  },
  {
    clause: 'C1',
    title: 'the signal given to watch ends that watcher: pending and later reads reject with its reason',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      const aborting = new AbortController();
      const watcher = registry.watch('orders', { signal: aborting.signal });
      await stage.settled('the first snapshot', watcher.next(), convergenceMs);
      const pending = watcher.next();
      pending.catch(() => undefined);
      await stage.settle();
      const reason = new Error('seen enough');
      aborting.abort(reason);
      assert.equal(await stage.failure('the pending read', pending, stage.slackMs), reason, 'the pending read');
      assert.equal(await stage.failure('a later read', watcher.next(), stage.slackMs), reason, 'a later read');
      await stage.until('the watch of the driver ends', () => tap.openWatches === 0, callTimeoutMs);
      const never = registry.watch('orders', { signal: AbortSignal.abort(reason) });
      const opened = tap.sent('watch');
      assert.equal(await stage.failure('a read', never.next(), stage.slackMs), reason, 'a watcher aborted beforehand');
      assert.equal(tap.sent('watch'), opened, 'which opens nothing');
    },
  },
  {
    clause: 'C1',
    title: 'a watcher that was aborted takes no other along',
    async run(stage) {
      const [owner, observer] = [await stage.actor(), await stage.actor()];
      const aborting = new AbortController();
      const aborted = observer.registry.watch('orders', { signal: aborting.signal });
      await stage.settled('the first snapshot', aborted.next(), convergenceMs);
      const reader = stage.read(observer);
      await stage.until('the other one is open', () => reader.last !== undefined, convergenceMs);
      aborting.abort(new Error('seen enough'));
      const { instance } = await owner.registry.register(sample());
      await stage.until('the other one goes on', () => reader.ids?.join() === instance.id, convergenceMs);
    },
  },
];
