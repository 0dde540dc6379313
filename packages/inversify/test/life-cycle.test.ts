import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, manualClock } from '@rollcall/core';
import { Discovery, Registrar, Registry, rollcallModule, type RollcallModuleOptions } from '@rollcall/inversify';
import { Container, type ContainerModule } from 'inversify';
import { describe, expect, test } from 'vitest';
import { CountedBackend } from './counted-backend.ts';

const orders = { service: 'orders', id: 'a', endpoints: ['http://10.0.0.5:80'] };

interface Scene {
  readonly backend: CountedBackend;
  readonly container: Container;
  readonly module: ContainerModule;
}

function scene(options?: Partial<RollcallModuleOptions>, store?: MemoryStore): Scene {
  const backend = new CountedBackend(store);
  const container = new Container();
  const module = rollcallModule({ config: 'memory:', backends: [backend], ...options });
  container.load(module);
  return { backend, container, module };
}

/** A gate that stays shut until it is opened. */
function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

type Deactivation = (scene: Scene) => Promise<void>;

const deactivations: readonly (readonly [how: string, deactivate: Deactivation])[] = [
  ['unbindAllAsync()', ({ container }) => container.unbindAllAsync()],
  ['unbindAsync(Registry)', ({ container }) => container.unbindAsync(Registry)],
  ['unloadAsync(module)', ({ container, module }) => container.unloadAsync(module)],
  ['rebindAsync(Registry)', async ({ container }) => void (await container.rebindAsync(Registry))],
];

describe('a registry that was resolved', () => {
  test.each(deactivations)('is closed by %s, with all that it holds', async (_, deactivate) => {
    const store = new MemoryStore();
    await using witness = createRegistry(memoryDriver(store));
    const played = scene({}, store);
    const registration = await played.container.get(Registrar).register(orders);
    const watcher = played.container.get(Discovery).watch('orders');
    await watcher.next();
    const pending = watcher.next();
    await deactivate(played);
    expect(played.backend.disposed).toBe(1);
    expect(registration.state).toBe('closed');
    expect(await witness.list('orders')).toEqual([]);
    expect(await pending).toMatchObject({ done: true });
  });

  test('is closed once by deactivations at the same time, and all of them wait for it', async () => {
    const played = scene();
    const registry = played.container.get(Registry);
    played.container.get(Registrar);
    played.container.get(Discovery);
    const { passed, open } = gate();
    played.backend.beforeDisposed = () => passed;
    let over = 0;
    const deactivating = [...deactivations, ...deactivations].map(async ([, deactivate]) => {
      await deactivate(played);
      over += 1;
    });
    await expect(registry.services()).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
    expect(over).toBe(0);
    open();
    await Promise.all(deactivating);
    expect(played.backend.disposed).toBe(1);
  });

  test('is closed once by deactivations one after the other', async () => {
    const played = scene();
    played.container.get(Registry);
    for (const [, deactivate] of deactivations) await deactivate(played);
    await played.container.unbindAllAsync();
    expect(played.backend.disposed).toBe(1);
    expect(played.container.isBound(Registry)).toBe(false);
  });

  test('may have been closed by its user before', async () => {
    const { backend, container } = scene();
    await container.get(Registry).close();
    await container.unbindAllAsync();
    expect(backend.disposed).toBe(1);
  });

  test('is not closed when Registrar and Discovery are unbound', async () => {
    const { backend, container } = scene();
    await container.get(Registrar).register(orders);
    await container.unbindAsync(Registrar);
    await container.unbindAsync(Discovery);
    expect(await container.get(Registry).list('orders')).toHaveLength(1);
    await container.unbindAllAsync();
    expect(backend.disposed).toBe(1);
  });

  test('C3: rejects the calls under way, and those of whoever still has it', async () => {
    const { backend, container } = scene();
    const registrar = container.get(Registrar);
    const discovery = container.get(Discovery);
    backend.opened[0]?.disconnect();
    const registering = registrar.register(orders, { onUnavailable: 'retry' });
    const refused = registering.catch((error: unknown) => error);
    await container.unbindAllAsync();
    expect(await refused).toMatchObject({ code: 'REGISTRY_CLOSED' });
    await expect(discovery.list('orders')).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  });

  test('is followed by another one when the module is loaded again', async () => {
    const { backend, container, module } = scene();
    const former = container.get(Registry);
    await container.unloadAsync(module);
    container.load(module);
    expect(container.get(Registry)).not.toBe(former);
    expect(await container.get(Discovery).services()).toEqual([]);
    await container.unbindAllAsync();
    expect(backend.disposed).toBe(2);
  });

  test('cannot be closed by unbindAll(), which says so', async () => {
    const { container } = scene();
    container.get(Registry);
    expect(() => container.unbindAll()).toThrow('unbindAllAsync()');
    await container.unbindAllAsync();
  });
});

describe('a registry that nobody has resolved', () => {
  test.each(deactivations)('is not opened by %s', async (_, deactivate) => {
    const played = scene();
    await deactivate(played);
    expect(played.backend.opened).toHaveLength(0);
    expect(played.backend.disposed).toBe(0);
  });

  test('needs no waiting: unbindAll() does', () => {
    const { container } = scene();
    container.unbindAll();
    expect(container.isBound(Registry)).toBe(false);
  });
});

describe('a registry whose backend does not answer at start', () => {
  test('is resolved all the same, says why at each call, and works when the backend is back', async () => {
    const { backend, container } = scene();
    const discovery = container.get(Discovery);
    backend.opened[0]?.disconnect();
    await expect(discovery.list('orders')).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await expect(discovery.list('orders')).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    backend.opened[0]?.reconnect();
    await container.get(Registrar).register(orders);
    expect(await discovery.list('orders')).toHaveLength(1);
    expect(backend.opened).toHaveLength(1);
    await container.unbindAllAsync();
  });
});

describe('closing that fails', () => {
  const refusal = { code: 'REGISTRY_INTERNAL', cause: expect.objectContaining({ message: 'The connection broke.' }) };

  function failing(): Scene {
    const played = scene();
    played.backend.beforeDisposed = () => Promise.reject(new Error('The connection broke.'));
    played.container.get(Registry);
    return played;
  }

  test('is told to whoever deactivates, and the container can be emptied afterwards', async () => {
    const { backend, container } = failing();
    await expect(container.unbindAllAsync()).rejects.toMatchObject(refusal);
    expect(container.isBound(Registry)).toBe(true);
    await container.unbindAllAsync();
    expect(container.isBound(Registry)).toBe(false);
    expect(backend.disposed).toBe(1);
  });

  test('is told to all that deactivate at the same time', async () => {
    const played = failing();
    const outcomes = await Promise.allSettled(deactivations.map(([, deactivate]) => deactivate(played)));
    expect(outcomes).toEqual(
      deactivations.map(() => ({ status: 'rejected', reason: expect.objectContaining(refusal) })),
    );
    expect(played.backend.disposed).toBe(1);
  });

  test('C2: does not hang: callTimeoutMs is its bound', async () => {
    const clock = manualClock();
    const { backend, container } = scene({ callTimeoutMs: 2_000 }, new MemoryStore({ clock }));
    container.get(Registry);
    const { passed, open } = gate();
    backend.beforeDisposed = () => passed;
    const refused = container.unbindAllAsync().catch((error: unknown) => error);
    await clock.advance(2_000);
    expect(await refused).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await container.unbindAllAsync();
    expect(backend.disposed).toBe(1);
    open();
  });
});
