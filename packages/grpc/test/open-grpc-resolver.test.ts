import { Client, credentials } from '@grpc/grpc-js';
import { roundRobin } from '@rollcall/balancer';
import { openGrpcResolver, type GrpcResolverOptions } from '@rollcall/grpc';
import { describe, expect, test } from 'vitest';
import { Caller, greeter } from './greeter.ts';
import { openScene } from './scene.ts';

const open = (target: string, options = {}): Client => new Client(target, credentials.createInsecure(), options);

describe('several resolvers in one process', () => {
  test('each call by its own cache, and are told apart by their authority', async () => {
    await using here = openScene();
    await using there = openScene();
    await using near = await greeter('near');
    await using far = await greeter('far');
    await here.offer(near);
    await there.offer(far);
    using plain = openGrpcResolver({ cache: here.cache });
    using prod = openGrpcResolver({ cache: there.cache, authority: 'prod' });
    expect([plain.target('orders'), prod.target('orders')]).toEqual(['rollcall:///orders', 'rollcall://prod/orders']);
    using one = new Caller('rollcall:///orders');
    using other = new Caller('rollcall://prod/orders');
    expect(await Promise.all([one.greet(), other.greet()])).toEqual(['near', 'far']);
  });

  test('cannot have the same authority, until one is closed', async () => {
    await using scene = openScene();
    const first = openGrpcResolver({ cache: scene.cache, authority: 'prod' });
    expect(() => openGrpcResolver({ cache: scene.cache, authority: 'prod' })).toThrow(
      new TypeError(
        'options.authority: a resolver for rollcall://prod/ is open already in this process; close it first, or give one of them another authority',
      ),
    );
    first.close();
    using second = openGrpcResolver({ cache: scene.cache, authority: 'prod' });
    // Once more closes nothing that is somebody else's.
    first.close();
    expect(() => open(second.target('orders')).close()).not.toThrow();
  });
});

describe('a channel', () => {
  test('is refused where no resolver is open for its target, and is told which are', async () => {
    await using scene = openScene();
    using prod = openGrpcResolver({ cache: scene.cache, authority: 'prod' });
    expect(() => open('rollcall:///orders')).toThrow(
      new Error(
        'No resolver is open for rollcall:/// (open are: rollcall://prod/): call openGrpcResolver() before a channel is made.',
      ),
    );
    prod.close();
    expect(() => open('rollcall://prod/orders')).toThrow('(open are: none)');
  });

  test('that there is goes on when its resolver is closed, and follows what changes', async () => {
    await using scene = openScene();
    await using a = await greeter('a');
    await using b = await greeter('b');
    const registration = await scene.offer(a);
    const resolver = openGrpcResolver({ cache: scene.cache });
    using caller = new Caller('rollcall:///orders');
    expect(await caller.greet()).toBe('a');
    resolver.close();
    await scene.offer(b);
    await registration.close();
    await expect.poll(() => caller.greet()).toBe('b');
  });

  test('is refused with two slashes, with what to write', async () => {
    await using scene = openScene();
    using _ = openGrpcResolver({ cache: scene.cache });
    expect(() => open('rollcall://orders')).toThrow('write rollcall:///orders, with three slashes');
  });

  test.each([
    ['{"methodConfig":[]}'],
    ['{"loadBalancingPolicy":"round_robin"}'],
    ['{"loadBalancingConfig":[{"round_robbin":{}}]}'],
    ['{"loadBalancingConfig":[{"rollcall_weighted":{"policy":"x"}}]}'],
  ])('is refused with a service config that names no policy that there is: %s', async (config) => {
    await using scene = openScene();
    using _ = openGrpcResolver({ cache: scene.cache });
    expect(() => open('rollcall:///orders', { 'grpc.service_config': config })).toThrow(
      'grpc.service_config: no loadBalancingConfig that can be used; add "loadBalancingConfig":[{"rollcall_weighted":{}}]',
    );
  });

  test.each(['Bestellungen / Größe 100% @ höhe:7', 'orders.1.2', '7'])(
    'calls a service of any name: %s',
    async (service) => {
      await using scene = openScene();
      await using a = await greeter('a');
      await scene.offer(a, { service });
      using resolver = openGrpcResolver({ cache: scene.cache });
      using caller = new Caller(resolver.target(service));
      expect(await caller.greet()).toBe('a');
    },
  );
});

test.each<[object, string]>([
  [{ cache: undefined }, 'options.cache: expected a ServiceCache'],
  [{ authority: 'a/b' }, 'options.authority: expected'],
  [{ schemes: [] }, 'options.schemes: expected an array'],
  [{ schemes: ['GRPC'] }, 'options.schemes[0]: expected a scheme in lower case'],
  [{ keyMetadata: 'X-User' }, 'options.keyMetadata: expected a metadata key in lower case'],
  [{ readyTimeoutMs: 0 }, 'options.readyTimeoutMs: expected a finite number above 0'],
  [{ readyTimeoutMs: Infinity }, 'options.readyTimeoutMs: expected a finite number above 0'],
  [{ policy: 'roundRobin' }, 'options.policy: expected'],
  [{ policy: roundRobin(), slowStart: { windowMs: 1_000 } }, 'options.slowStart: roundRobin() gives equal shares'],
  [{ ejection: { failure: 1 } }, 'options.failure: unknown key'],
  [{ filters: [7] }, 'options.filters[0]: expected a function'],
  [{ scheme: 'grpc' }, 'options.scheme: unknown key; known are cache, authority, schemes'],
])('is refused with %o', async (given, message) => {
  await using scene = openScene();
  const options: GrpcResolverOptions = { cache: scene.cache, ...given };
  expect(() => openGrpcResolver(options)).toThrow(message);
  // Nothing was taken.
  openGrpcResolver({ cache: scene.cache }).close();
});
