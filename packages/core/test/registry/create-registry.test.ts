import { expect, test } from 'vitest';
import { RegistryError } from '../../src/errors/registry-error.ts';
import { serviceInstance } from '../../src/instance/service-instance.ts';
import { createRegistry } from '../../src/registry/create-registry.ts';
import { manualClock } from '../../src/time/manual-clock.ts';
import {
  bench,
  callTimeoutMs,
  failing,
  hanging,
  orders,
  outcomeOf,
  ttlMs,
  holdGrants,
  seededRandom,
} from '../registration/registered.ts';
import { ScriptedDriver } from '../scripted-driver.ts';

const named = (id: string): ReturnType<typeof serviceInstance> => serviceInstance({ ...orders, id });

test('T1: a registry follows the clock that its driver brings, and is refused another', async () => {
  const clock = manualClock();
  const driver = Object.assign(new ScriptedDriver(), { clock });
  driver.script.list = (_, options) => hanging(options);
  const listing = outcomeOf(createRegistry(driver, { callTimeoutMs }).list('orders'));
  await clock.advance(callTimeoutMs);
  expect(listing.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  expect(() => createRegistry(driver, { clock: manualClock() })).toThrow(
    /options\.clock: expected the clock of the scripted/,
  );
  expect(createRegistry(driver, { clock }).backend).toBe('scripted');
});

test('B2: creating a registry calls nothing, and it tells its backend and capabilities', () => {
  const { driver, registry } = bench();
  expect(driver.calls).toEqual([]);
  expect([registry.backend, registry.capabilities]).toEqual(['scripted', driver.capabilities]);
});

test('D1, D3: list asks the driver each time, and gives a frozen list sorted by id', async () => {
  const { driver, registry } = bench();
  driver.script.list = async () => ({ type: 'snapshot', instances: ['b', 'a', 'B', '😀', 'é'].map(named) });
  const list = await registry.list('orders');
  expect(list.map(({ id }) => id)).toEqual(['B', 'a', 'b', 'é', '😀']);
  expect(Object.isFrozen(list)).toBe(true);
  await registry.list('orders');
  expect(driver.callsOf('list')).toHaveLength(2);
});

test('D4: services are sorted and frozen', async () => {
  const { driver, registry } = bench();
  driver.script.services = async () => ['b', 'a'];
  const services = await registry.services();
  expect([services, Object.isFrozen(services)]).toEqual([['a', 'b'], true]);
});

test('D2: a failure is a rejection, never an empty list', async () => {
  const { clock, driver, registry } = bench();
  driver.script.list = failing('REGISTRY_FORBIDDEN');
  driver.script.services = failing('REGISTRY_UNAVAILABLE');
  await expect(registry.list('orders')).rejects.toMatchObject({ code: 'REGISTRY_FORBIDDEN' });
  await expect(registry.services()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  driver.script.services = hanging;
  const services = outcomeOf(registry.services());
  await clock.advance(callTimeoutMs);
  expect(services.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  expect(String(services.error)).toContain('list the services (scripted at nowhere:1)');
});

test('D5: a malformed record that a list meets is reported once', async () => {
  const { driver, registry, told } = bench();
  const malformed = [{ key: 'k', error: new Error('garbage') }];
  driver.script.list = async () => ({ type: 'snapshot', instances: [named('a')], malformed });
  expect(await registry.list('orders')).toHaveLength(1);
  await registry.list('orders');
  expect(told).toMatchObject([{ type: 'malformed-record', service: 'orders', key: 'k' }]);
});

test.each(['', 'a\u0000', 'a\ud800', 'x'.repeat(256), 7, undefined])(
  'I2, E1: the service name %j is a TypeError: list rejects, watch throws, and nothing is sent',
  async (name) => {
    const { driver, registry } = bench();
    await expect(registry.list(name as never)).rejects.toThrow(TypeError);
    expect(() => registry.watch(name as never)).toThrow(TypeError);
    expect(driver.calls).toEqual([]);
  },
);

test('I6: unknown options are a TypeError that names them', async () => {
  const { registry } = bench();
  await expect(registry.list('orders', { abort: 1 } as never)).rejects.toThrow(/options\.abort/);
  await expect(registry.services({ signal: 'x' } as never)).rejects.toThrow(/options\.signal/);
  expect(() => registry.watch('orders', { stale: true } as never)).toThrow(/options\.stale/);
});

test.each([
  [{ timeout: 1 }, /options\.timeout: unknown key/],
  [{ clock: {} }, /options\.clock: expected a Clock/],
  [{ clock: null }, /options\.clock: expected a Clock/],
  [{ clock: 'system' }, /options\.clock/],
  [{ random: 0.5 }, /options\.random/],
  [{ callTimeoutMs: 0 }, /options\.callTimeoutMs/],
  [{ callTimeoutMs: Infinity }, /options\.callTimeoutMs/],
  [{ onDiagnostic: [] }, /options\.onDiagnostic/],
])('I6: registry options %j are a TypeError that names the key', (options, message) => {
  expect(() => createRegistry(new ScriptedDriver(), options as never)).toThrow(message);
});

test('I6: options left out or undefined mean the defaults', () => {
  expect(createRegistry(new ScriptedDriver()).backend).toBe('scripted');
  expect(createRegistry(new ScriptedDriver(), { clock: undefined, random: undefined }).backend).toBe('scripted');
});

test('C1: an aborted signal rejects list and services at once with its reason', async () => {
  const { clock, driver, registry } = bench();
  driver.script.list = (_, options) => hanging(options);
  const controller = new AbortController();
  const listing = outcomeOf(registry.list('orders', { signal: controller.signal }));
  controller.abort(new Error('enough'));
  await clock.advance(0);
  expect(listing.error).toMatchObject({ message: 'enough' });
  const before = AbortSignal.abort(new Error('before'));
  await expect(registry.services({ signal: before })).rejects.toThrow('before');
  expect(driver.callsOf('services')).toEqual([]);
});

test('C2: close ends watchers, deregisters side by side, then disposes the driver, once for all callers', async () => {
  const { clock, driver, registry } = bench();
  const { instance } = await registry.register(orders);
  await registry.register({ ...orders, id: 'b' });
  const watcher = registry.watch('orders');
  const reading = watcher.next();
  await clock.advance(0);
  driver.watching.snapshot(instance);
  await reading;
  const pending = outcomeOf(watcher.next());
  const [first, second] = [registry.close(), registry.close()];
  expect(second).toBe(first);
  await first;
  await registry[Symbol.asyncDispose]();
  expect(pending).toEqual({ value: { done: true, value: undefined } });
  expect(driver.calls.slice(-3).map(({ method }) => method)).toEqual(['revoke', 'revoke', 'dispose']);
  expect(driver.watching.isOver).toBe(true);
});

test('C2: what could not be deregistered is left to its TTL and reported, within callTimeoutMs', async () => {
  const { clock, driver, registry, told } = bench();
  await registry.register(orders, { ttlMs });
  driver.script.revoke = (_, options) => hanging(options);
  const closing = outcomeOf(registry.close());
  await clock.advance(callTimeoutMs + 1);
  expect(closing).toEqual({ value: undefined });
  expect(told).toMatchObject([{ type: 'deregistration-failed', service: 'orders', id: 'a' }]);
  expect(driver.callsOf('dispose')).toHaveLength(1);
});

test('C2: a driver that does not let go is told about, and not waited for longer than the bound', async () => {
  const { clock, driver, registry } = bench();
  driver.script.dispose = () => new Promise(() => undefined);
  const closing = outcomeOf(registry.close());
  await clock.advance(callTimeoutMs);
  expect(closing.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('C2: what a driver throws when it is disposed rejects the close, as a bug', async () => {
  const { driver, registry } = bench();
  driver.script.dispose = () => Promise.reject(new Error('stuck'));
  await expect(registry.close()).rejects.toMatchObject({ code: 'REGISTRY_INTERNAL' });
});

test('C2, R7: a first register under way at close rejects at once, and what it is granted is revoked before the driver goes', async () => {
  const { clock, driver, registry } = bench();
  const grant = holdGrants(driver);
  const registering = outcomeOf(registry.register(orders));
  await clock.advance(0);
  const closing = outcomeOf(registry.close());
  await clock.advance(0);
  expect(registering.error).toMatchObject({ code: 'REGISTRY_CLOSED' });
  expect(closing).toEqual({});
  grant();
  await clock.advance(0);
  expect(closing).toEqual({ value: undefined });
  expect(driver.calls.map(({ method }) => method)).toEqual(['register', 'revoke', 'dispose']);
});

test('C2: a removal that was pausing tries a last time at close, and is reported when that fails', async () => {
  const { clock, driver, registry, told } = bench();
  const grant = holdGrants(driver);
  driver.script.revoke = failing('REGISTRY_UNAVAILABLE');
  const controller = new AbortController();
  outcomeOf(registry.register(orders, { ttlMs, signal: controller.signal }));
  await clock.advance(0);
  controller.abort();
  grant();
  await clock.advance(0);
  expect(driver.callsOf('revoke')).toHaveLength(1);
  await registry.close();
  expect(driver.callsOf('revoke')).toHaveLength(2);
  expect(told).toMatchObject([{ type: 'deregistration-failed' }]);
});

test('C2, R7: a register that waits for a place at close is never sent', async () => {
  const { clock, driver, registry } = bench();
  driver.script.list = (_, options) => hanging(options);
  for (let count = 0; count < 256; count += 1) outcomeOf(registry.list('orders'));
  const registering = outcomeOf(registry.register(orders));
  await clock.advance(0);
  const closing = registry.close();
  await clock.advance(0);
  await closing;
  expect(registering.error).toMatchObject({ code: 'REGISTRY_CLOSED' });
  expect(driver.callsOf('register')).toEqual([]);
});

test('C3: a register that is granted in the moment of the close rejects, and what it was granted is revoked', async () => {
  const { driver, registry } = bench();
  let closing: Promise<void> | undefined;
  driver.script.register = async (_, askedMs) => {
    queueMicrotask(() => {
      closing = registry.close();
    });
    return driver.grant(askedMs);
  };
  await expect(registry.register(orders)).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  await closing;
  expect(driver.calls.map(({ method }) => method)).toEqual(['register', 'revoke', 'dispose']);
});

test('C3: calls under way at close, and every call afterwards, reject with REGISTRY_CLOSED', async () => {
  const { clock, driver, registry } = bench();
  driver.script.list = (_, options) => hanging(options);
  const listing = outcomeOf(registry.list('orders'));
  const opened = registry.watch('orders');
  await clock.advance(0);
  await registry.close();
  expect(listing.error).toMatchObject({ code: 'REGISTRY_CLOSED' });
  for (const call of [
    () => registry.list('orders'),
    () => registry.services(),
    () => registry.register(orders),
    () => registry.watch('orders').next(),
  ])
    await expect(call()).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  expect(await opened.next()).toEqual({ done: true, value: undefined });
});

test('C3: after close no timer is left', async () => {
  const clock = manualClock();
  let timers = 0;
  const counting = {
    now: () => clock.now(),
    schedule: (ms: number, callback: () => void): Disposable => {
      timers += 1;
      let isOver = false;
      const over = (): void => {
        if (!isOver) timers -= 1;
        isOver = true;
      };
      const timer = clock.schedule(ms, () => {
        over();
        callback();
      });
      return {
        [Symbol.dispose]: () => {
          over();
          timer[Symbol.dispose]();
        },
      };
    },
  };
  const driver = new ScriptedDriver();
  const registry = createRegistry(driver, { clock: counting, callTimeoutMs });
  await registry.register(orders);
  driver.script.renew = failing('LEASE_NOT_FOUND');
  driver.script.register = failing('REGISTRY_UNAVAILABLE');
  outcomeOf(registry.register({ ...orders, id: 'b' }, { onUnavailable: 'retry' }));
  outcomeOf(registry.watch('orders').next());
  await clock.advance(0);
  driver.watching.snapshot();
  driver.watching.fail(new RegistryError('REGISTRY_UNAVAILABLE', 'cut'));
  driver.script.list = (_, options) => hanging(options);
  outcomeOf(registry.list('orders'));
  await clock.advance(6_000);
  expect(timers).toBeGreaterThan(0);
  const closing = registry.close();
  await clock.advance(0);
  await closing;
  expect(timers).toBe(0);
});

test('T2: with the same random, two registries make the same history', async () => {
  const histories = [bench(undefined, seededRandom(7)), bench(undefined, seededRandom(7))].map(
    async ({ clock, driver, registry }) => {
      await registry.register(orders, { ttlMs });
      const sent: unknown[] = [];
      driver.script.renew = async (lease) => {
        sent.push([lease.id, clock.now()]);
      };
      await clock.advance(3 * ttlMs);
      return [sent, driver.callsOf('register').map(({ given }) => given[2].owner)];
    },
  );
  const [first, second] = await Promise.all(histories);
  expect(first).toEqual(second);
});
