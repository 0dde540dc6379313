import type * as core from '@rollcall/core';
import { Discovery, Registrar, Registry, registryIdentifiers } from '@rollcall/inversify';
import { Container } from 'inversify';
import { describe, expect, expectTypeOf, test } from 'vitest';

describe('Registry, Registrar and Discovery', () => {
  test("are core's types under the same names", () => {
    expectTypeOf<Registry>().toEqualTypeOf<core.Registry>();
    expectTypeOf<Registrar>().toEqualTypeOf<core.Registrar>();
    expectTypeOf<Discovery>().toEqualTypeOf<core.Discovery>();
  });

  test('tell the container what it resolves to', () => {
    const container = new Container();
    expectTypeOf(() => container.get(Registry)).returns.toEqualTypeOf<Registry>();
    expectTypeOf(() => container.get(Registrar)).returns.toEqualTypeOf<Registrar>();
    expectTypeOf(() => container.get(Discovery)).returns.toEqualTypeOf<Discovery>();
  });

  test('say what to do in a container that has loaded nothing', () => {
    expect(() => new Container().get(Discovery)).toThrow('No bindings found for service: "Discovery"');
    // Such a container constructs every class that it is asked for.
    expect(() => new Container({ autobind: true }).get(Discovery)).toThrow(
      'Could not resolve Discovery: it names a registry, and no registry is bound to it. Load rollcallModule({ config, backends }) into the container.',
    );
  });
});

describe('registryIdentifiers', () => {
  test('are typed like the default ones', () => {
    const container = new Container();
    const orders = registryIdentifiers('orders');
    expectTypeOf(() => container.get(orders.Registry)).returns.toEqualTypeOf<core.Registry>();
    expectTypeOf(() => container.get(orders.Registrar)).returns.toEqualTypeOf<core.Registrar>();
    expectTypeOf(() => container.get(orders.Discovery)).returns.toEqualTypeOf<core.Discovery>();
  });

  test("stand under their name in the container's messages", () => {
    const orders = registryIdentifiers('orders');
    expect(() => new Container().get(orders.Registry)).toThrow('"orders.Registry"');
    expect(() => new Container().get(orders.Registrar)).toThrow('"orders.Registrar"');
    expect(() => new Container().get(orders.Discovery)).toThrow('"orders.Discovery"');
    expect(() => new Container({ autobind: true }).get(orders.Discovery)).toThrow(
      'Could not resolve orders.Discovery:',
    );
  });

  test('are others for each call, also under one name', () => {
    const [one, other] = [registryIdentifiers('orders'), registryIdentifiers('orders')];
    expect(one.Registry).not.toBe(other.Registry);
    expect(one.Discovery).not.toBe(one.Registrar);
  });

  test.each([[''], [undefined], [7]])('refuse the name %j', (name) => {
    expect(() => registryIdentifiers(name as string)).toThrow(/^name: expected a string that is not empty, got /);
  });
});
