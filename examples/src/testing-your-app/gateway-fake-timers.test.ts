import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry } from '@rollcall/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Gateway } from './gateway.ts';

const service = 'orders';
const ttlMs = 15_000;

// Rollcall's system clock reads `performance` and sets `setTimeout`: fake both, or time stands still for one of them.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('on fake timers a provider that renews stays, and one that crashed leaves by its TTL', async () => {
  const store = new MemoryStore();
  const driver = memoryDriver(store);
  await using healthy = createRegistry(memoryDriver(store));
  await using crashing = createRegistry(driver);
  await using registry = createRegistry(memoryDriver(store));
  await healthy.register({ service, id: 'a', endpoints: ['http://a.test:80'] }, { ttlMs });
  await crashing.register({ service, id: 'b', endpoints: ['http://b.test:80'] }, { ttlMs });
  await using gateway = new Gateway(registry, service, { random: () => 0 });
  await gateway.ready();

  driver.crash();
  await vi.advanceTimersByTimeAsync(ttlMs - 1);
  expect([gateway.next().id, gateway.next().id]).toEqual(['a', 'b']);

  await vi.advanceTimersByTimeAsync(1);
  expect([gateway.next().id, gateway.next().id]).toEqual(['a', 'a']);

  await vi.advanceTimersByTimeAsync(10 * ttlMs);
  expect(gateway.next().id).toBe('a');
});
