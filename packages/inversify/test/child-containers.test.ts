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

function family(): { readonly parent: Container; readonly child: Container; readonly backend: CountedBackend } {
  const backend = new CountedBackend();
  const parent = new Container();
  parent.load(rollcallModule({ config: 'memory:', backends: [backend] }));
  return { parent, child: new Container({ parent }), backend };
}

test("a child has its parent's registry, whoever asks first", async () => {
  const { parent, child, backend } = family();
  expect(child.get(Discovery)).toBe(parent.get(Registry));
  expect(child.get(Registrar)).toBe(parent.get(Registrar));
  expect(backend.opened).toHaveLength(1);
  await parent.unbindAllAsync();
});

test("unbinding a child leaves its parent's registry alone", async () => {
  const { parent, child, backend } = family();
  await child.get(Registrar).register(orders);
  await child.unbindAllAsync();
  expect(backend.disposed).toBe(0);
  expect(await parent.get(Discovery).list('orders')).toHaveLength(1);
  await parent.unbindAllAsync();
  expect(backend.disposed).toBe(1);
});

test('a child may load a registry of its own, under the same names or others', async () => {
  const { parent, child, backend } = family();
  const audit = registryIdentifiers('audit');
  const [own, named] = [new CountedBackend(), new CountedBackend()];
  child.load(
    rollcallModule({ config: 'memory:', backends: [own] }),
    rollcallModule({ config: 'memory:', backends: [named], identifiers: audit }),
  );
  await child.get(Registrar).register(orders);
  expect(await child.get(Discovery).services()).toEqual(['orders']);
  expect(await child.get(audit.Discovery).services()).toEqual([]);
  expect(await parent.get(Discovery).services()).toEqual([]);
  await child.unbindAllAsync();
  expect([own.disposed, named.disposed, backend.disposed]).toEqual([1, 1, 0]);
  await parent.unbindAllAsync();
});

test('the same module gives parent and child a registry each', async () => {
  const backend = new CountedBackend();
  const module = rollcallModule({ config: 'memory:', backends: [backend] });
  const parent = new Container();
  const child = new Container({ parent });
  parent.load(module);
  child.load(module);
  expect(child.get(Discovery)).not.toBe(parent.get(Discovery));
  await child.unloadAsync(module);
  expect(backend.disposed).toBe(1);
  expect(await parent.get(Discovery).services()).toEqual([]);
  await parent.unbindAllAsync();
});

test("rebindRegistry gives a child its own, and leaves its parent's alone", async () => {
  const { parent, child, backend } = family();
  const own = new CountedBackend();
  const registry = parent.get(Registry);
  await rebindRegistry(child, { config: 'memory:', backends: [own] });
  expect(child.get(Discovery)).not.toBe(registry);
  expect(await registry.services()).toEqual([]);
  await child.unbindAllAsync();
  expect([own.disposed, backend.disposed]).toEqual([1, 0]);
  await parent.unbindAllAsync();
});

// Not a promise of this package but how inversify 8.2 is, and docs/dependency-injection.md warns of it: a deactivation cannot
// know which container asks for it.
test("inversify deactivates a parent's registry when a child unbinds an identifier that it has not bound", async () => {
  const { parent, child, backend } = family();
  parent.get(Registry);
  await child.unbindAsync(Registry);
  expect(backend.disposed).toBe(1);
  await parent.unbindAllAsync();
});

// As above: inversify looks a dependency up in the container that is asked, and keeps a singleton where it is bound.
test("inversify keeps what a child has bound in a parent's singleton that is first resolved through the child", async () => {
  const { parent, child } = family();
  class Gateway {
    readonly discovery: Discovery;
    constructor(discovery: Discovery) {
      this.discovery = discovery;
    }
  }
  parent
    .bind(Gateway)
    .toResolvedValue((discovery) => new Gateway(discovery), [Discovery])
    .inSingletonScope();
  child.load(rollcallModule({ config: 'memory:', backends: [new CountedBackend()] }));
  expect(child.get(Gateway).discovery).toBe(child.get(Registry));
  expect(parent.get(Gateway).discovery).toBe(child.get(Registry));
  await child.unbindAllAsync();
  await parent.unbindAllAsync();
});
