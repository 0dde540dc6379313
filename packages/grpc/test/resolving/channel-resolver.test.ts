import { openServiceCache } from '@rollcall/balancer';
import { type ManualClock, manualClock } from '@rollcall/core';
import { openGrpcResolver } from '@rollcall/grpc';
import { describe, expect, test } from 'vitest';
import { balancedBy } from '../greeter.ts';
import { openScene } from '../scene.ts';
import { resolving } from './pushes.ts';

const none = 'There is no instance of orders to call';

/** Lets what has happened arrive. */
async function settled(clock: ManualClock): Promise<void> {
  await clock.advance(1);
}

describe('a resolver tells a channel', () => {
  test('whom it can call, sorted by id, and every change of that', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    const b = await scene.register('b');
    orders.ask();
    await settled(clock);
    await scene.register('a');
    await settled(clock);
    await b.close();
    await settled(clock);
    expect(orders.told).toEqual(['b', 'a b', 'a']);
  });

  test('nothing before the call that asks has returned', async () => {
    const clock = manualClock();
    await using scene = openScene(clock, {});
    using _ = openGrpcResolver({ cache: scene.cache });
    await scene.register('a');
    scene.cache.service('orders');
    await scene.cache.ready();
    using orders = resolving('orders');
    orders.ask();
    expect(orders.told).toEqual([]);
    await settled(clock);
    expect(orders.told).toEqual(['a']);
  });

  test('only of those that are up and have a weight above 0', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    const a = await scene.register('a');
    const b = await scene.register('b');
    await scene.register('c', { status: 'starting' });
    orders.ask();
    await settled(clock);
    await a.update({ status: 'draining' });
    await settled(clock);
    await a.update({ status: 'up' });
    await settled(clock);
    await b.update({ weight: 0 });
    await settled(clock);
    expect(orders.told).toEqual(['a b', 'b', 'a b', 'a']);
  });

  test('of those that its filters leave', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({
      cache: scene.cache,
      filters: [(instances) => instances.filter(({ zone }) => zone === 'here')],
    });
    using orders = resolving('orders');
    await scene.register('a', { zone: 'here' });
    await scene.register('b', { zone: 'there' });
    orders.ask();
    await settled(clock);
    expect(orders.told).toEqual(['a']);
  });

  test('all addresses of the first scheme that an instance has', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache, schemes: ['grpcs', 'grpc'] });
    using orders = resolving('orders');
    await scene.register('a', { endpoints: ['grpc://h:1', 'grpcs://h:2', 'http://h:3', 'grpcs://[::1]:4'] });
    await scene.register('b', { endpoints: ['http://h:1', 'grpc://h:5'] });
    await scene.register('c', { endpoints: ['http://h:1'] });
    orders.ask();
    await settled(clock);
    expect(orders.told).toEqual(['h:2+[::1]:4 h:5']);
  });
});

describe('a policy hears of no change that it cannot see', () => {
  test('round_robin of none in records that leaves the addresses', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders', balancedBy('round_robin'));
    const a = await scene.register('a');
    orders.ask();
    await settled(clock);
    await a.update({ metadata: { colour: 'red' } });
    await settled(clock);
    await a.update({ weight: 7 });
    await settled(clock);
    orders.ask();
    await settled(clock);
    expect(orders.told).toEqual(['a']);
    await a.update({ endpoints: ['grpc://192.0.2.1:2'] });
    await settled(clock);
    expect(orders.told).toEqual(['a', 'b']);
  });

  test('ours of none at all where nothing changed', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    const a = await scene.register('a');
    await scene.register('c', { endpoints: ['http://192.0.2.1:3'] });
    orders.ask();
    await settled(clock);
    orders.ask();
    await scene.register('d', { status: 'starting' });
    await settled(clock);
    expect(orders.told).toEqual(['a']);
    await a.update({ weight: 7 });
    await settled(clock);
    expect(orders.told).toEqual(['a', 'a']);
  });
});

describe('while the registry is out of reach', () => {
  test('the last list stands, without a word', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    await scene.register('a', {});
    orders.ask();
    await settled(clock);
    scene.driver.disconnect();
    for (let minute = 0; minute < 10; minute += 1) {
      await clock.advance(60_000);
      orders.ask();
    }
    expect(scene.cache.service('orders').state).toBe('stale');
    scene.driver.reconnect();
    await clock.advance(60_000);
    expect(scene.cache.service('orders').state).toBe('live');
    expect(orders.told).toEqual(['a']);
  });

  test('for longer than maxStaleMs, nobody can be called, and it says why', async () => {
    const clock = manualClock();
    await using scene = openScene(clock, { maxStaleMs: 5_000 });
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    await scene.register('a');
    orders.ask();
    await settled(clock);
    scene.driver.disconnect();
    await clock.advance(60_000);
    scene.driver.reconnect();
    await clock.advance(60_000);
    expect(orders.told).toEqual([
      'a',
      `empty: ${none}: the registry has been out of reach for longer than maxStaleMs of the cache.`,
      'a',
    ]);
  });

  test('from the start, it waits for readyTimeoutMs, says what is wrong, and goes on as soon as something is known', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache, readyTimeoutMs: 3_000 });
    await scene.register('a');
    scene.driver.disconnect();
    using orders = resolving('orders');
    orders.ask();
    await clock.advance(2_999);
    expect(orders.told).toEqual([]);
    await clock.advance(1);
    const unknown =
      'error: Nothing is known of orders yet. The cache is not ready after 3000 ms: nothing is known of "orders": the registry did not answer.';
    expect(orders.told).toEqual([unknown]);
    orders.ask();
    await clock.advance(3_000);
    expect(orders.told).toEqual([unknown]);
    scene.driver.reconnect();
    await clock.advance(60_000);
    expect(orders.told).toEqual([unknown, 'a']);
  });
});

describe('with nobody to call, it says why', () => {
  test('when none is listed, as an error, since a policy without a list does not fail calls for an empty one', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    orders.ask();
    await settled(clock);
    expect(orders.told).toEqual([`error: ${none}: none is listed. Look whether one is registered.`]);
  });

  test('when the last one leaves, as an empty list, since a policy keeps its own for an error', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    const a = await scene.register('a');
    orders.ask();
    await settled(clock);
    await a.update({ status: 'draining' });
    await settled(clock);
    expect(orders.told).toEqual(['a', `empty: ${none}: 1 listed (1 draining), and none is up with a weight above 0.`]);
  });

  test('when no endpoint has a scheme for it', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    await scene.register('a', { endpoints: ['http://10.0.0.5:80'] });
    orders.ask();
    await settled(clock);
    expect(orders.told).toEqual([
      `error: ${none}: none of 1 has an endpoint with the scheme grpc or grpcs, a for one is at http://10.0.0.5:80. See the option schemes.`,
    ]);
  });

  test('when the cache was closed before', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    await scene.cache.close();
    using orders = resolving('orders');
    orders.ask();
    await settled(clock);
    expect(orders.told).toEqual(['error: The instances of orders cannot be looked up: The service cache is closed.']);
  });

  test('when the name is none of a service', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('%00');
    orders.ask();
    await settled(clock);
    expect(orders.told).toEqual([expect.stringContaining('cannot be looked up: service: expected')]);
  });
});

describe('a channel that is idle', () => {
  test('is told nothing, and everything when it is used again', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    await scene.register('a');
    orders.ask();
    await settled(clock);
    orders.destroy();
    await scene.register('b');
    await settled(clock);
    expect(orders.told).toEqual(['a']);
    orders.ask();
    await settled(clock);
    expect(orders.told).toEqual(['a', 'a b']);
  });

  test('is told nothing at all if it is closed before it could be', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    await scene.register('a');
    orders.ask();
    orders.destroy();
    await settled(clock);
    expect(orders.told).toEqual([]);
  });

  test('asks the cache anew, when that has forgotten the service meanwhile', async () => {
    const clock = manualClock();
    await using scene = openScene(clock);
    using _ = openGrpcResolver({ cache: scene.cache });
    using orders = resolving('orders');
    await scene.register('a');
    orders.ask();
    await settled(clock);
    orders.destroy();
    scene.cache.forget('orders');
    await scene.register('b');
    orders.ask();
    await settled(clock);
    expect(orders.told).toEqual(['a', 'a b']);
  });
});

test('those are called whom overrides name, without a registry', async () => {
  const clock = manualClock();
  const environment = { SERVICE_OVERRIDES: '{"orders":"grpc://192.0.2.1:1"}' };
  await using cache = openServiceCache({ overrides: { environment }, clock });
  using _ = openGrpcResolver({ cache });
  using orders = resolving('orders');
  orders.ask();
  await settled(clock);
  expect(orders.told).toEqual(['a']);
});
