import { createBalancer, openServiceCache, roundRobin } from '@rollcall/balancer';
import { type Discovery, RegistryError, serviceInstance } from '@rollcall/core';
import { describe, expect, test } from 'vitest';
import { ids } from '../instances.ts';
import { openScene, seen } from '../scene.ts';

describe('a cache', () => {
  test('is ready when the registry has answered for every service, also with nobody', async () => {
    await using scene = openScene();
    await scene.register('a', 'b');
    await using cache = openServiceCache({ ...scene.options, services: ['orders', 'billing'] });
    expect(seen(cache.service('orders'))).toEqual(['unknown', '']);
    await cache.ready();
    expect(seen(cache.service('orders'))).toEqual(['live', 'a b']);
    expect(seen(cache.service('billing'))).toEqual(['live', '']);
    expect(cache.report()).toEqual([
      { service: 'billing', state: 'live', instances: 0, held: 0, awayMs: 0 },
      { service: 'orders', state: 'live', instances: 2, held: 0, awayMs: 0 },
    ]);
    expect(scene.diagnostics).toEqual([]);
  });

  test('follows a service from when it is first asked for', async () => {
    await using scene = openScene();
    await scene.register('a');
    await using cache = openServiceCache({ ...scene.options, services: [] });
    await cache.ready();
    expect(cache.instances('orders')).toEqual([]);
    await cache.ready();
    expect(ids(cache.instances('orders'))).toEqual(['a']);
    expect(cache.service('orders')).toBe(cache.service('orders'));
  });

  test('hands out the same frozen array until something changed, and tells each change once', async () => {
    await using scene = openScene();
    await scene.register('a');
    await using cache = openServiceCache(scene.options);
    await cache.ready();
    const service = cache.service('orders');
    const before = service.instances;
    const told: (readonly string[])[] = [];
    const stop = service.onChange((instances) => {
      expect(instances).toBe(service.instances);
      told.push(ids(instances));
    });
    expect(service.instances).toBe(before);
    expect(Object.isFrozen(before)).toBe(true);
    const [b] = await scene.register('b');
    await scene.clock.advance(0);
    await b?.close();
    await scene.clock.advance(0);
    stop();
    await scene.register('c');
    await scene.clock.advance(0);
    expect(told).toEqual([['a', 'b'], ['a']]);
    expect(ids(service.instances)).toEqual(['a', 'c']);
    expect(ids(before)).toEqual(['a']);
  });

  test('survives a listener that throws, and tells the others', async () => {
    await using scene = openScene();
    await using cache = openServiceCache(scene.options);
    await cache.ready();
    const told: number[] = [];
    const broken = new Error('broken');
    cache.service('orders').onChange(() => {
      throw broken;
    });
    cache.service('orders').onChange(({ length }) => told.push(length));
    await scene.register('a');
    await scene.clock.advance(0);
    expect(told).toEqual([1]);
    expect(scene.diagnostics).toEqual([{ type: 'callback-failed', error: broken }]);
  });

  test('forgets a service: the handle keeps its last set, and who asks again gets a new one', async () => {
    await using scene = openScene();
    await scene.register('a');
    await using cache = openServiceCache({ ...scene.options, services: ['orders', 'billing'] });
    await cache.ready();
    const former = cache.service('orders');
    const told: number[] = [];
    former.onChange(({ length }) => told.push(length));
    cache.forget('orders');
    expect(cache.report()).toMatchObject([{ service: 'billing' }]);
    await scene.register('b');
    await scene.clock.advance(60_000);
    expect(seen(former)).toEqual(['closed', 'a']);
    expect(told).toEqual([]);
    const again = cache.service('orders');
    expect(again).not.toBe(former);
    await cache.ready();
    expect(seen(again)).toEqual(['live', 'a b']);
    expect(seen(former)).toEqual(['closed', 'a']);
  });

  test('leaves a balancer on a service that was forgotten with the last set', async () => {
    await using scene = openScene();
    await scene.register('a');
    await using cache = openServiceCache(scene.options);
    await cache.ready();
    using balancer = createBalancer(cache.service('orders'), { policy: roundRobin() });
    cache.forget('orders');
    await scene.provider.close();
    await scene.clock.advance(1_000);
    expect(balancer.pick().id).toBe('a');
  });

  test('forgets what it waited for, and what nobody has asked for', async () => {
    await using scene = openScene();
    scene.driver.disconnect();
    await using cache = openServiceCache(scene.options);
    const waiting = cache.ready();
    cache.forget('billing');
    cache.forget('orders');
    await waiting;
    expect(cache.report()).toEqual([]);
    expect(scene.diagnostics).toEqual([]);
  });

  test('opens and ends one watch for each service that it follows and forgets', async () => {
    await using scene = openScene();
    const open = new Set<string>();
    const discovery: Discovery = {
      list: (service) => scene.caller.list(service),
      services: () => scene.caller.services(),
      watch(service) {
        const watcher = scene.caller.watch(service);
        open.add(service);
        const ended = watcher.return.bind(watcher);
        watcher.return = () => {
          open.delete(service);
          return ended();
        };
        return watcher;
      },
    };
    await using cache = openServiceCache({ ...scene.options, discovery, services: [] });
    for (let index = 0; index < 100; index += 1) {
      cache.service(`s${index}`);
      await cache.ready();
      if (index > 0) cache.forget(`s${index - 1}`);
    }
    expect([...open]).toEqual(['s99']);
    expect(cache.report()).toHaveLength(1);
  });

  test('keeps its last sets once it is closed, and takes no new service', async () => {
    await using scene = openScene();
    await scene.register('a');
    const cache = openServiceCache(scene.options);
    await cache.ready();
    expect(cache.close()).toBe(cache.close());
    await cache.close();
    expect(seen(cache.service('orders'))).toEqual(['closed', 'a']);
    expect(refusal(() => cache.service('billing'))).toMatchObject({ code: 'REGISTRY_CLOSED' });
    await expect(cache.ready()).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
    await scene.register('b');
    await scene.clock.advance(60_000);
    expect(ids(cache.instances('orders'))).toEqual(['a']);
  });
});

describe('while the registry is out of reach', () => {
  test('the last known set is served, and told when that begins and ends', async () => {
    await using scene = openScene();
    await scene.register('a', 'b');
    await using cache = openServiceCache(scene.options);
    await cache.ready();
    const before = cache.instances('orders');
    scene.driver.disconnect();
    await scene.clock.advance(60_000);
    expect(seen(cache.service('orders'))).toEqual(['stale', 'a b']);
    expect(cache.instances('orders')).toBe(before);
    expect(cache.report()).toMatchObject([{ state: 'stale', awayMs: expect.closeTo(59_000, -3) }]);
    await scene.register('c');
    scene.driver.reconnect();
    await scene.clock.advance(1_000);
    expect(seen(cache.service('orders'))).toEqual(['live', 'a b c']);
    expect(cache.report()).toMatchObject([{ state: 'live', awayMs: 0 }]);
    expect(scene.diagnostics).toMatchObject([
      { type: 'set-stale', service: 'orders', instances: 2 },
      { type: 'set-live', service: 'orders', instances: 3, awayMs: expect.closeTo(59_500, -3) },
    ]);
  });

  test('it is served for as long as configured, and not longer', async () => {
    await using scene = openScene();
    await scene.register('a');
    await using cache = openServiceCache({ ...scene.options, maxStaleMs: 30_000 });
    await cache.ready();
    scene.driver.disconnect();
    await scene.clock.advance(30_999);
    expect(seen(cache.service('orders'))).toEqual(['stale', 'a']);
    await scene.clock.advance(1);
    expect(seen(cache.service('orders'))).toEqual(['expired', '']);
    scene.driver.reconnect();
    await scene.clock.advance(1_000);
    expect(seen(cache.service('orders'))).toEqual(['live', 'a']);
    expect(scene.diagnostics.map(({ type }) => type)).toEqual(['set-stale', 'set-expired', 'set-live']);
  });

  test('what was not served any more does not come back, also if many are missing when the registry is back', async () => {
    await using scene = openScene();
    await scene.register('a', 'b', 'c');
    await using cache = openServiceCache({ ...scene.options, maxStaleMs: 30_000 });
    await cache.ready();
    scene.driver.disconnect();
    await scene.clock.advance(60_000);
    scene.store.wipe();
    await scene.provider.close();
    scene.driver.reconnect();
    await scene.clock.advance(1_000);
    expect(seen(cache.service('orders'))).toEqual(['live', '']);
    expect(scene.diagnostics.map(({ type }) => type)).toEqual(['set-stale', 'set-expired', 'set-live']);
  });

  test('ready rejects at its deadline, and names the services and what to do', async () => {
    await using scene = openScene();
    scene.driver.disconnect();
    await using cache = openServiceCache(scene.options);
    const waiting = cache.ready({ timeoutMs: 3_000 }).catch((error: unknown) => error);
    await scene.clock.advance(3_000);
    const refused = await waiting;
    expect(RegistryError.is(refused, 'REGISTRY_UNAVAILABLE')).toBe(true);
    expect(refused).toMatchObject({
      message: 'The cache is not ready after 3000 ms: nothing is known of "orders": the registry did not answer.',
    });
  });

  test('ready waits for the services that it names alone, and asks for those that are new', async () => {
    await using scene = openScene();
    await scene.register('a');
    const { caller } = scene;
    const forbidden = new RegistryError('REGISTRY_FORBIDDEN', 'no rights');
    const discovery: Discovery = {
      list: caller.list.bind(caller),
      services: caller.services.bind(caller),
      watch: (service, options) => {
        if (service === 'secrets') throw forbidden;
        return caller.watch(service, options);
      },
    };
    await using cache = openServiceCache({ ...scene.options, discovery, services: ['secrets'] });
    await cache.ready({ services: ['orders'] });
    expect(ids(cache.instances('orders'))).toEqual(['a']);
    await expect(cache.ready({ services: ['orders', 'secrets'] })).rejects.toBe(forbidden);
    await cache.ready({ services: [] });
    await expect(cache.ready({ services: [''] })).rejects.toThrow(TypeError);
  });

  test('ready ends with its signal', async () => {
    await using scene = openScene();
    scene.driver.disconnect();
    await using cache = openServiceCache(scene.options);
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = cache.ready({ signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(cache.ready({ signal: controller.signal })).rejects.toBe(reason);
  });

  test('a registry that is closed leaves the last known set', async () => {
    await using scene = openScene();
    await scene.register('a');
    await using cache = openServiceCache(scene.options);
    await cache.ready();
    await scene.caller.close();
    await scene.clock.advance(0);
    expect(seen(cache.service('orders'))).toEqual(['stale', 'a']);
  });

  test('a watch that is refused fails ready at once, and is opened again', async () => {
    await using scene = openScene();
    const forbidden = new RegistryError('REGISTRY_FORBIDDEN', 'no rights');
    let refusals = 1;
    const discovery = {
      list: scene.caller.list.bind(scene.caller),
      services: scene.caller.services.bind(scene.caller),
      watch(service: string) {
        if (refusals-- > 0) throw forbidden;
        return scene.caller.watch(service);
      },
    };
    await scene.register('a');
    await using cache = openServiceCache({ ...scene.options, discovery });
    await expect(cache.ready()).rejects.toBe(forbidden);
    expect(scene.diagnostics).toEqual([{ type: 'watch-failed', service: 'orders', error: forbidden }]);
    await scene.clock.advance(10_000);
    await cache.ready();
    expect(seen(cache.service('orders'))).toEqual(['live', 'a']);
  });
});

describe('a bad option is refused before anything happens', () => {
  test.each([
    [{ discovery: {} }, 'options.discovery: expected a Discovery, such as a registry, got an object'],
    [{ discovery: undefined }, 'options.discovery: expected a Discovery, as there are no overrides, got undefined'],
    [{ services: 'orders' }, 'options.services: expected an array of names, got "orders"'],
    [{ services: [''] }, 'service: expected at least one character'],
    [{ maxStaleMs: -1 }, 'options.maxStaleMs: expected a finite number of milliseconds above 0, got -1'],
    [{ protection: { share: 1 } }, 'options.protection.share: expected a number from 0 to below 1, got 1'],
    [{ protection: { atLeast: 0 } }, 'options.protection.atLeast: expected an integer from 1, got 0'],
    [{ protection: { holdMs: '5' } }, 'options.protection.holdMs: expected a finite number of milliseconds above 0'],
    [{ protection: { hold: 5 } }, 'options.protection.hold: unknown key; known are share, atLeast'],
    [{ protection: true }, 'options.protection: expected an object, got true'],
    [{ snapshot: {} }, 'options.snapshot.path: expected the path of a file, got undefined'],
    [{ snapshot: { path: 'x', scope: 5 } }, 'options.snapshot.scope: expected a string, got 5'],
    [{ overrides: { file: '' } }, 'options.overrides.file: expected the path of a file, got ""'],
    [{ overrides: { environment: { SERVICE_OVERRIDES: '[]' } } }, 'SERVICE_OVERRIDES: expected an object with a key'],
    [{ onDiagnostic: 5 }, 'options.onDiagnostic: expected a function, got 5'],
    [{ clock: {} }, 'options.clock: expected a Clock, got an object'],
    [{ cache: 'yes' }, 'options.cache: unknown key; known are discovery, services'],
  ])('%j', async (wrong, message) => {
    await using scene = openScene();
    const options = { ...scene.options, ...(wrong as object) };
    expect(() => openServiceCache(options)).toThrow(message);
    expect(() => openServiceCache(options)).toThrow(TypeError);
  });

  test('also of ready', async () => {
    await using scene = openScene();
    await using cache = openServiceCache(scene.options);
    await expect(cache.ready({ timeoutMs: 0 })).rejects.toThrow('options.timeoutMs: expected a finite number');
    await expect(cache.ready({ timeout: 5 } as object)).rejects.toThrow('options.timeout: unknown key');
  });
});

test('what is served is what the registry handed out', async () => {
  await using scene = openScene();
  await scene.register('a');
  await using cache = openServiceCache(scene.options);
  await cache.ready();
  expect(cache.instances('orders')).toEqual([
    serviceInstance({ service: 'orders', id: 'a', endpoints: ['http://192.0.2.1:80'] }),
  ]);
});

function refusal(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
