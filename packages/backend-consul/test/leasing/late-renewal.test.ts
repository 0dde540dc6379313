import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { consulBackend } from '@rollcall/backend-consul';
import { type Clock, serviceInstance, systemClock } from '@rollcall/core';
import type { RegistryDriver } from '@rollcall/core/driver';
import { TcpProxy } from '@rollcall/testing-servers';
import { expect, inject, test } from 'vitest';

const signal = new AbortController().signal;
const lagMs = 1_000;
const instance = serviceInstance({ service: 'orders', endpoints: ['http://10.0.0.1:80'] });

/** A client with names of its own. */
function driverAt(address: string, clock: Clock): RegistryDriver {
  const backend = consulBackend();
  return backend.open(backend.parse({ address, prefix: `${randomUUID().slice(0, 8)}-` }), { clock });
}

/** The system's, but for what it is ahead of it. */
class ShiftedClock implements Clock {
  aheadMs = 0;

  now(): number {
    return systemClock.now() + this.aheadMs;
  }

  schedule(...given: Parameters<Clock['schedule']>): Disposable {
    return systemClock.schedule(...given);
  }
}

test.concurrent.each([
  { when: 'just before its time is over, and goes out after it', isOverWhenAsked: false },
  { when: 'after its time is over', isOverWhenAsked: true },
])('L3, R7: a renewal that is asked for $when does not bring the entry back', async ({ isOverWhenAsked }) => {
  const clock = new ShiftedClock();
  await using driver = driverAt(new URL(inject('consul').url).host, clock);
  // What waits for others to share a read with waits longest at a long T: a fiftieth, 50 ms at most.
  const lease = await driver.register(instance, 2_500, { owner: 'o', onConflict: 'replace', signal });
  const writtenBy = systemClock.now();
  if (isOverWhenAsked) clock.aheadMs = lease.ttlMs;
  const renewing = lease.renew({ signal });
  clock.aheadMs = lease.ttlMs;
  await expect(renewing).rejects.toMatchObject({ code: 'LEASE_NOT_FOUND' });
  await sleep(writtenBy + lease.ttlMs + lagMs - systemClock.now());
  expect((await driver.list('orders', { signal })).instances).toEqual([]);
});

test.concurrent('E1, L4: a renewal that is not answered within T/6 is unavailable, and says how long it waited', async () => {
  const { hostname: host, port } = new URL(inject('consul').url);
  await using proxy = await TcpProxy.start({ host, port: Number(port) });
  await using driver = driverAt(proxy.endpoint, systemClock);
  const lease = await driver.register(instance, 2_500, { owner: 'o', onConflict: 'replace', signal });
  proxy.blackHole();
  await expect(lease.renew({ signal })).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: expect.stringContaining('no answer to a renewal within 417 ms'),
  });
});
