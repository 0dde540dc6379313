import { manualClock, openRegistry, systemClock } from '@rollcall/core';
import { expect, test } from 'vitest';
import { memoryBackend, MemoryStore } from '../src/index.ts';

const orders = { service: 'orders', endpoints: ['http://10.0.0.1:80'] } as const;

test('B1: memory: and { backend: memory } open a registry, and anything more is a TypeError that names it', () => {
  const backends = [memoryBackend()];
  expect(openRegistry('memory:', { backends }).backend).toBe('memory');
  expect(openRegistry({ backend: 'memory' }, { backends }).backend).toBe('memory');
  expect(() => openRegistry('memory://prod', { backends })).toThrow(/expected memory: and nothing behind it/);
  expect(() => openRegistry({ backend: 'memory', ttl: 3 }, { backends })).toThrow(/config\.ttl: unknown key/);
  expect(() => memoryBackend().parse(7)).toThrow(TypeError);
});

test('B1: without a store each registry has one of its own; with one, all share it', async () => {
  const backends = [memoryBackend()];
  const [first, second] = [openRegistry('memory:', { backends }), openRegistry('memory:', { backends })];
  await first.register(orders);
  expect(await second.list('orders')).toEqual([]);
  const shared = [memoryBackend(new MemoryStore())];
  const [third, fourth] = [
    openRegistry('memory:', { backends: shared }),
    openRegistry('memory:', { backends: shared }),
  ];
  await third.register(orders);
  expect(await fourth.list('orders')).toHaveLength(1);
  await Promise.all([first, second, third, fourth].map((registry) => registry.close()));
});

test('T1: a registry follows the clock of its store by itself, and is refused another: one of them would stand still', async () => {
  const clock = manualClock();
  const backends = [memoryBackend(new MemoryStore({ clock }))];
  const registry = openRegistry('memory:', { backends });
  const registration = await registry.register(orders, { ttlMs: 3_000 });
  await clock.advance(30_000);
  expect([registration.state, await registry.list('orders')]).toEqual(['active', [registration.instance]]);
  await registry.close();
  expect(() => openRegistry('memory:', { backends, clock: systemClock })).toThrow(
    /options\.clock: expected the clock of/,
  );
  expect(() => openRegistry('memory:', { backends, clock: manualClock() })).toThrow(TypeError);
});
