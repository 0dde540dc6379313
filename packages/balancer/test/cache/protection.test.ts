import { once } from 'node:events';
import { openServiceCache } from '@rollcall/balancer';
import { type Discovery, RegistryError, type Watcher } from '@rollcall/core';
import { describe, expect, test } from 'vitest';
import { openScene, registerAll, seen } from '../scene.ts';

describe('a cache that is protected', () => {
  test('serves the former set when the store is wiped, until the owners have registered again', async () => {
    await using scene = openScene();
    await scene.register('a', 'b', 'c');
    await using cache = openServiceCache(scene.options);
    await cache.ready();
    const before = cache.instances('orders');
    scene.store.wipe();
    await scene.clock.advance(0);
    expect(seen(cache.service('orders'))).toEqual(['held', 'a b c']);
    expect(cache.instances('orders')).toBe(before);
    expect(cache.report()).toEqual([{ service: 'orders', state: 'held', instances: 3, held: 3, awayMs: 0 }]);
    await scene.clock.advance(6_000);
    expect(seen(cache.service('orders'))).toEqual(['live', 'a b c']);
    expect(scene.diagnostics).toEqual([
      {
        type: 'protection-began',
        service: 'orders',
        pattern: 'in-one-step',
        held: 3,
        left: 0,
        holdMs: 60_000,
      },
      { type: 'protection-ended', service: 'orders', because: 'all-returned', gone: 0 },
    ]);
  });

  test('holds those whose leases expired at once for a bounded time', async () => {
    await using scene = openScene();
    const { driver, registry } = scene.others();
    await scene.register('a');
    await registerAll(registry, ['b', 'c', 'd']);
    await using cache = openServiceCache(scene.options);
    await cache.ready();
    driver.crash();
    await scene.clock.advance(15_000);
    expect(seen(cache.service('orders'))).toEqual(['held', 'a b c d']);
    await scene.clock.advance(60_000);
    expect(seen(cache.service('orders'))).toEqual(['live', 'a']);
    expect(scene.diagnostics).toMatchObject([
      { type: 'protection-began', held: 3, left: 1 },
      { type: 'protection-ended', because: 'bound-over', gone: 3 },
    ]);
  });

  test('believes a deregistration at once, and those of instances that have said that they go, however many', async () => {
    await using scene = openScene();
    const registrations = await scene.register('a', 'b', 'c', 'd');
    await using cache = openServiceCache(scene.options);
    await cache.ready();
    await registrations[0]?.close();
    await scene.clock.advance(0);
    expect(seen(cache.service('orders'))).toEqual(['live', 'b c d']);
    for (const registration of registrations.slice(1)) await registration.update({ status: 'draining' });
    await scene.clock.advance(0);
    await Promise.all(registrations.map((registration) => registration.close()));
    await scene.clock.advance(0);
    expect(seen(cache.service('orders'))).toEqual(['live', '']);
    expect(scene.diagnostics).toEqual([]);
  });

  test('holds what is missing after an outage, for the bound from when the registry is back', async () => {
    await using scene = openScene();
    await scene.register('a', 'b');
    await using cache = openServiceCache(scene.options);
    await cache.ready();
    scene.driver.disconnect();
    await scene.clock.advance(2_000);
    await scene.provider.close();
    await scene.clock.advance(60_000);
    expect(seen(cache.service('orders'))).toEqual(['stale', 'a b']);
    scene.driver.reconnect();
    await scene.clock.advance(1_000);
    expect(seen(cache.service('orders'))).toEqual(['held', 'a b']);
    // Out of reach again: nobody could come back meanwhile.
    scene.driver.disconnect();
    await scene.clock.advance(120_000);
    expect(seen(cache.service('orders'))).toEqual(['stale', 'a b']);
    expect(cache.report()).toMatchObject([{ held: 2 }]);
    scene.driver.reconnect();
    await scene.clock.advance(50_000);
    expect(seen(cache.service('orders'))).toEqual(['held', 'a b']);
    await scene.clock.advance(11_000);
    expect(seen(cache.service('orders'))).toEqual(['live', '']);
    expect(scene.diagnostics).toMatchObject([
      { type: 'set-stale' },
      { type: 'set-live', instances: 0 },
      { type: 'protection-began', pattern: 'after-outage', held: 2, left: 0 },
      { type: 'set-stale', instances: 2 },
      { type: 'set-live' },
      { type: 'protection-ended', because: 'bound-over', gone: 2 },
    ]);
  });

  test('holds what is missing when a watch that had failed is open again', async () => {
    await using scene = openScene();
    await scene.register('a', 'b');
    const bug = new RegistryError('REGISTRY_INTERNAL', 'a bug');
    const breaking = new AbortController();
    const discovery = failingOnce(scene.caller, breaking.signal);
    await using cache = openServiceCache({ ...scene.options, discovery });
    await cache.ready();
    breaking.abort(bug);
    await scene.clock.advance(0);
    expect(seen(cache.service('orders'))).toEqual(['stale', 'a b']);
    await scene.provider.close();
    await scene.clock.advance(10_000);
    expect(seen(cache.service('orders'))).toEqual(['held', 'a b']);
    expect(scene.diagnostics).toMatchObject([
      { type: 'watch-failed', error: bug },
      { type: 'set-stale' },
      { type: 'set-live' },
      { type: 'protection-began', pattern: 'after-outage', held: 2 },
    ]);
  });

  test("by 'off' believes everything", async () => {
    await using scene = openScene();
    await scene.register('a', 'b', 'c');
    await using cache = openServiceCache({ ...scene.options, protection: 'off' });
    await cache.ready();
    scene.store.wipe();
    await scene.clock.advance(0);
    expect(seen(cache.service('orders'))).toEqual(['live', '']);
  });

  test('by atLeast 1 holds the only instance too', async () => {
    await using scene = openScene();
    await scene.register('a');
    await using cache = openServiceCache({ ...scene.options, protection: { atLeast: 1, holdMs: 5_000 } });
    await cache.ready();
    scene.store.wipe();
    await scene.clock.advance(0);
    expect(seen(cache.service('orders'))).toEqual(['held', 'a']);
  });
});

/** `registry`, whose first watch fails with the reason of `signal`. */
function failingOnce(registry: Discovery, signal: AbortSignal): Discovery {
  let watches = 0;
  return {
    list: (service, options) => registry.list(service, options),
    services: (options) => registry.services(options),
    watch(service) {
      const watcher = registry.watch(service);
      watches += 1;
      return watches === 1 ? failingWatcher(watcher, signal) : watcher;
    },
  };
}

function failingWatcher(watcher: Watcher, signal: AbortSignal): Watcher {
  const failed = once(signal, 'abort').then((): never => {
    throw signal.reason;
  });
  return {
    service: watcher.service,
    next: () => Promise.race([watcher.next(), failed]),
    return: () => watcher.return(),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: () => watcher[Symbol.asyncDispose](),
  };
}
