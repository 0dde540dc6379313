import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { consulBackend } from '@rollcall/backend-consul';
import { serviceInstance, systemClock } from '@rollcall/core';
import { expect, inject, test } from 'vitest';

const signal = new AbortController().signal;
const lagMs = 1_000;

test.concurrent.each([
  ['just before its time is over, and goes out after it', -10],
  ['after its time is over', 10],
])('L3, R7: a renewal that is asked for %s does not bring the entry back', async (_, afterMs) => {
  const backend = consulBackend();
  const config = { address: new URL(inject('consul').url).host, prefix: `${randomUUID().slice(0, 8)}-` };
  await using driver = backend.open(backend.parse(config), { clock: systemClock });
  const instance = serviceInstance({ service: 'orders', endpoints: ['http://10.0.0.1:80'] });
  const sentAt = systemClock.now();
  // What waits for others to share a read with waits longest at a long T: a fiftieth, 50 ms at most.
  const lease = await driver.register(instance, 2_500, { owner: 'o', onConflict: 'replace', signal });
  await sleep(sentAt + lease.ttlMs + afterMs - systemClock.now());
  await expect(lease.renew({ signal })).rejects.toMatchObject({ code: 'LEASE_NOT_FOUND' });
  await sleep(sentAt + lease.ttlMs + lagMs - systemClock.now());
  expect((await driver.list('orders', { signal })).instances).toEqual([]);
});
