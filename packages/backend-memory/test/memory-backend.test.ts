import { environmentConfig, manualClock, openRegistry, type RegistryConfig, systemClock } from '@rollcall/core';
import { expect, test } from 'vitest';
import { memoryBackend, MemoryStore } from '../src/index.ts';

const orders = { service: 'orders', endpoints: ['http://10.0.0.1:80'] } as const;

test('B1: memory:, { backend: memory } and ROLLCALL_BACKEND=memory open a registry', () => {
  const backends = [memoryBackend()];
  const environments = [{ ROLLCALL_BACKEND: 'memory' }, { ROLLCALL_URL: 'memory:' }].map((one) =>
    environmentConfig(one),
  );
  for (const config of ['memory:', 'MEMORY://', { backend: 'memory' }, ...environments])
    expect(openRegistry(config, { backends }).backend).toBe('memory');
});

test.each<[RegistryConfig, string]>([
  ['memory://prod', 'config.hosts: expected a URL without hosts, got some'],
  ['memory:///prod', 'config.path: expected a URL without a path, got one with it'],
  ['memory://?ttl=3', 'config?ttl: unknown key; known are none'],
  [{ backend: 'memory', ttl: 3 }, 'config.ttl: unknown key; known are none'],
  [
    environmentConfig({ ROLLCALL_BACKEND: 'memory', ROLLCALL_TTL: '3' }),
    'ROLLCALL_TTL: unknown variable; known are ROLLCALL_URL, ROLLCALL_BACKEND',
  ],
])('B1: there are no options, and one that is given is a TypeError that names it: %j', (config, message) => {
  expect(() => openRegistry(config, { backends: [memoryBackend()] })).toThrow(new TypeError(message));
});

test('I6: what is neither a URL nor an object is refused', () => {
  expect(() => memoryBackend().parse(7)).toThrow(/^config: expected options/);
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
