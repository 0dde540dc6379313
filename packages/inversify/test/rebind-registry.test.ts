import { memoryBackend, memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, manualClock } from '@rollcall/core';
import {
  Discovery,
  Registrar,
  Registry,
  registryIdentifiers,
  rebindRegistry,
  rollcallModule,
} from '@rollcall/inversify';
import { Container } from 'inversify';
import { expect, test } from 'vitest';
import { CountedBackend } from './counted-backend.ts';

const orders = { service: 'orders', id: 'a', endpoints: ['http://10.0.0.5:80'] };

function production(): { readonly container: Container; readonly backend: CountedBackend } {
  const backend = new CountedBackend();
  const container = new Container();
  container.load(rollcallModule({ config: 'memory:', backends: [backend] }));
  return { container, backend };
}

test('puts a registry on a store of the test in place of one that is then never opened', async () => {
  const { container, backend } = production();
  const clock = manualClock();
  const store = new MemoryStore({ clock });
  const crashing = memoryDriver(store);
  await using provider = createRegistry(crashing);
  await rebindRegistry(container, { config: 'memory:', backends: [memoryBackend(store)] });

  await provider.register(orders, { ttlMs: 15_000 });
  expect(await container.get(Discovery).list('orders')).toHaveLength(1);
  crashing.crash();
  await clock.advance(15_000);
  expect(await container.get(Discovery).list('orders')).toEqual([]);
  await container.unbindAllAsync();
  expect(backend.opened).toHaveLength(0);
});

test('closes the former registry if it was opened', async () => {
  const { container, backend } = production();
  const former = container.get(Registry);
  await rebindRegistry(container, { config: 'memory:', backends: [memoryBackend()] });
  expect(backend.disposed).toBe(1);
  await expect(former.services()).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  expect(container.get(Registrar)).toBe(container.get(Registry));
  expect(await container.get(Discovery).services()).toEqual([]);
  await container.unbindAllAsync();
});

test('rebinds one of several registries, and leaves the others alone', async () => {
  const { container, backend } = production();
  const billing = registryIdentifiers('billing');
  container.load(rollcallModule({ config: 'memory:', backends: [memoryBackend()], identifiers: billing }));
  const [kept, former] = [container.get(Registry), container.get(billing.Registry)];
  await rebindRegistry(container, { config: 'memory:', backends: [memoryBackend()], identifiers: billing });
  expect(container.get(Registry)).toBe(kept);
  expect(container.get(billing.Discovery)).not.toBe(former);
  expect(backend.disposed).toBe(0);
  await container.unbindAllAsync();
});

test('binds where nothing was bound, and can be repeated', async () => {
  const backend = new CountedBackend();
  const container = new Container();
  for (const rebound of [1, 2, 3]) {
    await rebindRegistry(container, { config: 'memory:', backends: [backend] });
    container.get(Discovery);
    expect(backend.opened).toHaveLength(rebound);
  }
  expect(backend.disposed).toBe(2);
  await container.unbindAllAsync();
  expect(backend.disposed).toBe(3);
});

test('refuses a bad configuration before it unbinds anything', async () => {
  const { container, backend } = production();
  const registry = container.get(Registry);
  const refused = rebindRegistry(container, { config: 'consul:', backends: [memoryBackend()] });
  await expect(refused).rejects.toThrow(/^backend: unknown backend "consul"/);
  expect(container.get(Discovery)).toBe(registry);
  expect(backend.disposed).toBe(0);
  await container.unbindAllAsync();
});

test('tells when closing the former registry fails, and replaces it when it is called again', async () => {
  const { container, backend } = production();
  const former = container.get(Registry);
  backend.beforeDisposed = () => Promise.reject(new Error('The connection broke.'));
  const options = { config: 'memory:', backends: [memoryBackend()] };
  await expect(rebindRegistry(container, options)).rejects.toMatchObject({ code: 'REGISTRY_INTERNAL' });
  expect(container.get(Discovery)).toBe(former);
  await rebindRegistry(container, options);
  expect(await container.get(Discovery).services()).toEqual([]);
  await container.unbindAllAsync();
});
