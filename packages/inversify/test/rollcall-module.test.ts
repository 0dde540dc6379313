import { memoryBackend, MemoryStore } from '@rollcall/backend-memory';
import { type BackendDefinition, manualClock, type Registry as CoreRegistry } from '@rollcall/core';
import {
  Discovery,
  Registrar,
  Registry,
  registryIdentifiers,
  rollcallModule,
  type RollcallModuleOptions,
} from '@rollcall/inversify';
import { Container } from 'inversify';
import { describe, expect, test } from 'vitest';
import { CountedBackend } from './counted-backend.ts';

const orders = { service: 'orders', id: 'a', endpoints: ['http://10.0.0.5:80'] };

function loaded(options: RollcallModuleOptions): Container {
  const container = new Container();
  container.load(rollcallModule(options));
  return container;
}

describe('a container with the module', () => {
  test('has one registry, under all three identifiers', async () => {
    const container = loaded({ config: 'memory:', backends: [memoryBackend()] });
    const registry = container.get(Registry);
    expect(container.get(Registry)).toBe(registry);
    expect(container.get(Registrar)).toBe(registry);
    expect(container.get(Discovery)).toBe(registry);
    expect(await container.getAsync(Discovery)).toBe(registry);
    await container.unbindAllAsync();
  });

  test('hands it to classes that are bound without decorators', async () => {
    class Gateway {
      readonly #discovery: Discovery;
      constructor(discovery: Discovery) {
        this.#discovery = discovery;
      }
      listed(): Promise<readonly unknown[]> {
        return this.#discovery.list('orders');
      }
    }
    const container = loaded({ config: 'memory:', backends: [memoryBackend()] });
    container
      .bind(Gateway)
      .toResolvedValue((discovery) => new Gateway(discovery), [Discovery])
      .inSingletonScope();
    await container.get(Registrar).register(orders);
    expect(await container.get(Gateway).listed()).toMatchObject([{ id: 'a' }]);
    await container.unbindAllAsync();
  });

  test('opens nothing until it is asked, and then once', async () => {
    const backend = new CountedBackend();
    const container = loaded({ config: 'memory:', backends: [backend] });
    expect(backend.opened).toHaveLength(0);
    container.get(Discovery);
    container.get(Registrar);
    container.get(Registry);
    expect(backend.opened).toHaveLength(1);
    await container.unbindAllAsync();
  });

  test('passes every other option on to openRegistry', async () => {
    const clock = manualClock();
    const store = new MemoryStore({ clock });
    const told: unknown[] = [];
    const container = loaded({
      config: { backend: 'memory' },
      backends: [memoryBackend(store)],
      clock,
      random: () => 0.5,
      callTimeoutMs: 1_000,
      onDiagnostic: ({ type }) => told.push(type),
    });
    await container.get(Registrar).register(orders);
    store.corrupt('orders', 'a');
    expect(await container.get(Discovery).list('orders')).toEqual([]);
    expect(told).toEqual(['malformed-record']);
    await container.unbindAllAsync();
  });

  test('has a registry of its own, also when others have loaded the same module', async () => {
    const backend = new CountedBackend();
    const module = rollcallModule({ config: 'memory:', backends: [backend] });
    const [one, other] = [new Container(), new Container()];
    one.load(module);
    other.load(module);
    expect(one.get(Registry)).not.toBe(other.get(Registry));
    await one.unbindAllAsync();
    expect(await other.get(Discovery).services()).toEqual([]);
    await other.unbindAllAsync();
    expect(backend.disposed).toBe(2);
  });

  test('rebinds all three names when Registry is rebound', async () => {
    const container = loaded({ config: 'memory:', backends: [memoryBackend()] });
    const other: CoreRegistry = loaded({ config: 'memory:', backends: [memoryBackend()] }).get(Registry);
    expect(container.get(Discovery)).toBe(container.get(Registrar));
    (await container.rebindAsync(Registry)).toConstantValue(other);
    expect(container.get(Discovery)).toBe(other);
    expect(container.get(Registrar)).toBe(other);
    await other.close();
  });
});

describe('several registries in one container', () => {
  const billing = registryIdentifiers('billing');
  const shipping = registryIdentifiers('shipping');

  test('are told apart by their identifiers', async () => {
    const container = new Container();
    const [plain, bills, ships] = [new CountedBackend(), new CountedBackend(), new CountedBackend()];
    container.load(
      rollcallModule({ config: 'memory:', backends: [plain] }),
      rollcallModule({ config: 'memory:', backends: [bills], identifiers: billing }),
      rollcallModule({ config: 'memory:', backends: [ships], identifiers: shipping }),
    );
    await container.get(billing.Registrar).register(orders);
    expect(await container.get(billing.Discovery).services()).toEqual(['orders']);
    expect(await container.get(Discovery).services()).toEqual([]);
    expect(container.get(billing.Registry)).toBe(container.get(billing.Discovery));
    await container.unbindAllAsync();
    expect([plain, bills, ships].map(({ opened }) => opened.length)).toEqual([1, 1, 0]);
    expect([plain, bills, ships].map(({ disposed }) => disposed)).toEqual([1, 1, 0]);
  });

  test('are closed one by one', async () => {
    const container = new Container();
    const module = rollcallModule({ config: 'memory:', backends: [memoryBackend()], identifiers: billing });
    container.load(rollcallModule({ config: 'memory:', backends: [memoryBackend()] }), module);
    const [registry, closed] = [container.get(Registry), container.get(billing.Registry)];
    await container.unloadAsync(module);
    await expect(closed.services()).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
    expect(await registry.services()).toEqual([]);
    expect(container.isBound(billing.Discovery)).toBe(false);
    await container.unbindAllAsync();
  });

  test("may stand under a user's own identifiers", async () => {
    const own = { Registry: Symbol.for('registry'), Registrar: 'registrar', Discovery: Symbol.for('discovery') };
    const container = loaded({ config: 'memory:', backends: [memoryBackend()], identifiers: own });
    expect(container.get(own.Discovery)).toBe(container.get(own.Registry));
    expect(container.get(own.Registrar)).toBe(container.get(own.Registry));
    await container.unbindAllAsync();
  });
});

describe('rollcallModule', () => {
  const backends = [memoryBackend()];

  test.each<[wrong: string, options: unknown, message: string]>([
    ['no options', undefined, 'options: expected an object with config and backends, got undefined'],
    [
      'no config',
      { backends },
      'options.config: expected a URL, an object with a backend, or environmentConfig(process.env), got undefined',
    ],
    [
      'an unknown backend',
      { config: 'etcd://10.0.0.1:2379', backends },
      'backend: unknown backend "etcd"; those given in options.backends are: \'memory\'',
    ],
    [
      'an unknown key of the configuration',
      { config: { backend: 'memory', prefix: 'a' }, backends },
      'config.prefix: unknown key',
    ],
    ['no backends', { config: 'memory:' }, 'options.backends: expected an array of backend definitions, got undefined'],
    [
      'something else among the backends',
      { config: 'memory:', backends: [...backends, 7] },
      'options.backends[1]: expected a backend definition',
    ],
    [
      'half a backend',
      { config: 'memory:', backends: [{ name: 'memory' }] },
      'options.backends[0]: expected a backend definition',
    ],
    ['an unknown option', { config: 'memory:', backends, callTimeout: 5 }, 'options.callTimeout: unknown key'],
    [
      'a bad option',
      { config: 'memory:', backends, callTimeoutMs: 0 },
      'options.callTimeoutMs: expected a finite number',
    ],
    [
      'no identifiers',
      { config: 'memory:', backends, identifiers: 'orders' },
      'options.identifiers: expected what registryIdentifiers(\'orders\') returns, got "orders"',
    ],
    [
      'half the identifiers',
      { config: 'memory:', backends, identifiers: { Registry, Registrar } },
      'options.identifiers.Discovery: expected a service identifier, got undefined',
    ],
  ])('names the key at the call: %s', (_, options, message) => {
    const making = (): unknown => rollcallModule(options as RollcallModuleOptions);
    expect(making).toThrow(TypeError);
    expect(making).toThrow(message);
  });

  test('reads the configuration and opens nothing', () => {
    const backend = new CountedBackend();
    rollcallModule({ config: 'memory:', backends: [backend] });
    expect(backend.opened).toHaveLength(0);
  });

  test('takes definitions that are frozen, and classes that need their own this', async () => {
    class OwnBackend implements BackendDefinition<'own'> {
      readonly name = 'own' as const;
      readonly #memory = memoryBackend();
      parse(): unknown {
        return this.#memory.parse('memory:');
      }
      open(options: unknown, context: Parameters<BackendDefinition['open']>[1]) {
        return this.#memory.open(options, context);
      }
    }
    const given = [Object.freeze(memoryBackend()), Object.freeze(new OwnBackend())];
    for (const config of ['memory:', 'own:']) {
      const container = loaded({ config, backends: given });
      expect(await container.get(Discovery).services()).toEqual([]);
      await container.unbindAllAsync();
    }
  });

  test("tells a clock that is not the store's when the registry is resolved, in core's words", () => {
    const store = new MemoryStore({ clock: manualClock() });
    const container = loaded({ config: 'memory:', backends: [memoryBackend(store)], clock: manualClock() });
    expect(() => container.get(Discovery)).toThrow(/^options\.clock: expected the clock of the memory backend/);
  });
});
