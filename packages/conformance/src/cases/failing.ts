import assert from 'node:assert/strict';
import process from 'node:process';
import { RegistryError } from '@rollcall/core';
import type { ConformanceCase } from '../conformance-case.ts';
import { callTimeoutMs, convergenceMs, noticedMs, sample } from '../stage.ts';

/** How calls fail: E1–E4. */
export const failingCases: readonly ConformanceCase[] = [
  {
    clause: 'E1',
    title: 'what fails rejects with a RegistryError whose code tells, and only REGISTRY_UNAVAILABLE is retryable',
    async run(stage) {
      const [owner, cut] = [await stage.actor(), await stage.actor()];
      const registration = await owner.registry.register(sample());
      await registration.close();
      const over = await stage.refused('update', registration.update({ weight: 1 }), 'LEASE_NOT_FOUND');
      assert.equal(over.retryable, false, 'LEASE_NOT_FOUND is not retryable');
      await cut.client.cut();
      for (const [call, act] of [
        ['list', () => cut.registry.list('orders')],
        ['services', () => cut.registry.services()],
        ['register', () => cut.registry.register(sample())],
      ] as const) {
        const error = await stage.refused(call, act(), 'REGISTRY_UNAVAILABLE');
        assert.equal(error.retryable, true, `${call}: REGISTRY_UNAVAILABLE is retryable`);
      }
      await stage.settled('closing', owner.registry.close(), callTimeoutMs);
      const closed = await stage.refused('list', owner.registry.list('orders'), 'REGISTRY_CLOSED');
      assert.equal(closed.retryable, false, 'REGISTRY_CLOSED is not retryable');
    },
  },
  {
    clause: 'E1',
    title: 'misuse is a TypeError: calls that return a promise reject with it, watch throws it, and nothing is sent',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      for (const [call, act] of [
        ['list', () => registry.list('')],
        ['register', () => registry.register({ ...sample(), endpoints: [] })],
        ['register with a bad option', () => registry.register(sample(), { ttlMs: -1 })],
        [
          'register with an unknown option',
          () => registry.register(sample(), Object.assign({ ttlMs: 15_000 }, { onconflict: 'reject' })),
        ],
      ] as const) {
        const error = await stage.failure(call, act());
        assert.ok(error instanceof TypeError, `${call} is a TypeError, not ${String(error)}`);
      }
      assert.throws(() => registry.watch(''), TypeError, 'watch throws a TypeError');
      assert.equal(tap.sentInAll, 0, 'nothing is sent');
    },
  },
  {
    clause: 'E1',
    title: 'what a driver throws that is no RegistryError is REGISTRY_INTERNAL, with the cause',
    async run(stage) {
      const { registry, tap } = await stage.tapped();
      for (const [call, act] of [
        ['list', () => registry.list('orders')],
        ['services', () => registry.services()],
        ['register', () => registry.register(sample())],
      ] as const) {
        const bug = new Error('a bug in a driver');
        tap.fail(call, bug);
        const error = await stage.refused(call, act(), 'REGISTRY_INTERNAL');
        assert.equal(error.cause, bug, 'the cause is what was thrown');
        assert.equal(error.retryable, false, 'it is not retryable');
      }
    },
  },
  {
    clause: 'E2',
    title: 'a message says on which service, against which backend and which address',
    async run(stage) {
      const { client, registry } = await stage.actor();
      const registration = await registry.register(sample('orders of Øre'));
      await client.cut();
      const service = 'orders of Øre';
      for (const [call, act] of [
        ['list', () => registry.list(service)],
        ['register', () => registry.register(sample(service, 2))],
        ['update', () => registration.update({ weight: 1 })],
        ['close', () => registration.close()],
      ] as const) {
        const { message } = await stage.refused(call, act(), 'REGISTRY_UNAVAILABLE', 3 * callTimeoutMs);
        for (const part of [service, client.driver.name, client.driver.address])
          assert.ok(message.includes(part), `${call}: the message names ${part}: ${message}`);
      }
      const { message } = await stage.refused('services', registry.services(), 'REGISTRY_UNAVAILABLE');
      for (const part of [client.driver.name, client.driver.address])
        assert.ok(message.includes(part), `services: the message names ${part}: ${message}`);
    },
  },
  {
    clause: 'E2',
    title: 'a message about a call that got no answer says on which service, against which backend and what to do',
    async run(stage) {
      const { client, registry, tap } = await stage.tapped();
      const gate = tap.holdRequest('list');
      const { message } = await stage.refused(
        'list',
        registry.list('orders'),
        'REGISTRY_UNAVAILABLE',
        3 * callTimeoutMs,
      );
      for (const part of ['orders', client.driver.name, client.driver.address, `${callTimeoutMs} ms`])
        assert.ok(message.includes(part), `the message names ${part}: ${message}`);
      gate.open();
    },
  },
  {
    clause: 'E2',
    title: 'a message about a registration that is over or refused names the service',
    async run(stage) {
      const [first, second] = [await stage.actor(), await stage.actor()];
      const former = await first.registry.register(sample('orders'), { ttlMs: stage.ttlMs });
      if (stage.capabilities.conflict.includes('reject')) {
        const rejected = second.registry.register(sample('orders'), { onConflict: 'reject' });
        const { message } = await stage.refused('the newcomer', rejected, 'INSTANCE_ALREADY_REGISTERED');
        assert.ok(message.includes('orders'), `the message names the service: ${message}`);
      }
      await second.registry.register(sample('orders'));
      await stage.until('the former is closed', () => former.state === 'closed', noticedMs(former.lease.ttlMs));
      const { cause } = await former.closed;
      assert.ok(cause instanceof Error && cause.message.includes('orders'), `the cause names it: ${String(cause)}`);
    },
  },
  {
    clause: 'E3',
    title: 'every call that needs a backend out of reach rejects within its bound',
    async run(stage) {
      const owner = await stage.actor();
      const registration = await owner.registry.register(sample());
      await owner.client.cut();
      for (const [call, act] of [
        ['list', () => owner.registry.list('orders')],
        ['services', () => owner.registry.services()],
        ['register', () => owner.registry.register(sample('orders', 2))],
        ['update', () => registration.update({ weight: 1 })],
        ['close', () => registration.close()],
      ] as const)
        await stage.refused(call, act(), 'REGISTRY_UNAVAILABLE', callTimeoutMs + stage.slackMs);
    },
  },
  {
    clause: 'E3',
    title: 'a call that never gets an answer is given up after callTimeoutMs, and not before',
    async run(stage) {
      const boundMs = 400;
      const { registry, tap } = await stage.tapped({ callTimeoutMs: boundMs });
      for (const [call, act] of [
        ['list', () => registry.list('orders')],
        ['services', () => registry.services()],
      ] as const) {
        const request = tap.holdRequest(call);
        const started = stage.now;
        await stage.refused(call, act(), 'REGISTRY_UNAVAILABLE', boundMs + stage.slackMs);
        assert.ok(stage.now - started >= boundMs - 1, `${call} is not given up before its time`);
        assert.ok(request.isReached, 'the call was sent');
      }
    },
  },
  {
    clause: 'E3',
    title: 'at most 256 calls are in flight, the others wait for their turn, and all are answered',
    async run(stage) {
      const { registry, tap } = await stage.tapped({ callTimeoutMs: 20 * callTimeoutMs });
      await registry.register(sample());
      const gates = Array.from({ length: 256 }, () => tap.holdRequest('list'));
      const lists = Promise.all(Array.from({ length: 400 }, () => registry.list('orders')));
      await stage.until('256 are in flight', () => gates.every(({ isReached }) => isReached), callTimeoutMs);
      await stage.settle();
      assert.equal(tap.sent('list'), 256, 'no more than 256 are in flight');
      for (const gate of gates) gate.open();
      const answers = await stage.settled('all of them', lists, 5 * callTimeoutMs);
      assert.ok(
        answers.every(({ length }) => length === 1),
        'all are answered',
      );
    },
  },
  {
    clause: 'E4',
    title: 'nothing in the background becomes an unhandled rejection, whatever breaks and whoever throws',
    async run(stage) {
      const unhandled: unknown[] = [];
      const note = (reason: unknown): void => {
        unhandled.push(reason);
      };
      process.on('unhandledRejection', note);
      try {
        const owner = await stage.actor({ onDiagnostic: broken });
        const second = await stage.actor();
        await owner.registry.register(sample('orders', 1), { ttlMs: stage.ttlMs, onStateChange: broken });
        await owner.registry.register(sample('orders', 2), {
          ttlMs: stage.ttlMs,
          onLost: 'close',
          onStateChange: broken,
        });
        const reader = stage.read(owner);
        const unread = owner.registry.watch('orders');
        void unread.next();
        await stage.until('the watch is open', () => reader.last !== undefined, convergenceMs);
        await second.registry.register(sample('orders', 1));
        await stage.world.remove('orders', 'i2');
        await stage.world.elapse(noticedMs(stage.ttlMs));
        await owner.client.cut();
        await stage.world.elapse(stage.ttlMs);
        await stage.settled('closing', owner.registry.close(), 2 * callTimeoutMs);
        // Node tells of an unhandled rejection when the microtasks have run out.
        await stage.settle();
      } finally {
        process.off('unhandledRejection', note);
      }
      assert.ok(unhandled.length === 0, `nothing is unhandled, not ${String(unhandled[0])}`);
    },
  },
  {
    clause: 'E4',
    title: 'a bug in a renewal is told as a diagnostic, and the next renewal follows',
    async run(stage) {
      const { registry, tap, diagnostics } = await stage.tapped();
      const registration = await registry.register(sample(), { ttlMs: stage.ttlMs });
      tap.fail('renew', new Error('a bug in a driver'));
      const told = (): boolean => diagnostics.some(({ type }) => type === 'renewal-failed');
      await stage.until('the failure is told', told, 0.37 * registration.lease.ttlMs + stage.slackMs);
      await stage.until(
        'the next renewal succeeds',
        () => registration.state === 'active',
        registration.lease.ttlMs / 4,
      );
      const failed = diagnostics.find((event) => event.type === 'renewal-failed');
      assert.ok(
        RegistryError.is(failed?.error, 'REGISTRY_INTERNAL'),
        `as REGISTRY_INTERNAL, not ${String(failed?.error)}`,
      );
    },
  },
];

function broken(): never {
  throw new Error('a broken callback');
}
