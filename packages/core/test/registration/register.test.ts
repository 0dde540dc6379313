import { expect, test } from 'vitest';
import { ScriptedDriver } from '../scripted-driver.ts';
import { bench, callTimeoutMs, failing, hanging, orders, outcomeOf, registered, ttlMs } from './registered.ts';

test('R9: with onUnavailable retry a first register goes on with backoff until it succeeds', async () => {
  const { clock, driver, registry } = bench();
  driver.script.register = failing('REGISTRY_UNAVAILABLE');
  const registering = outcomeOf(registry.register(orders, { ttlMs, onUnavailable: 'retry' }));
  await clock.advance(10 * ttlMs);
  expect(registering).toEqual({});
  const owners = driver.callsOf('register').map(({ given }) => given[2].owner);
  expect(owners.length).toBeGreaterThan(20);
  expect(new Set(owners).size).toBe(1);
  driver.script.register = async (_, askedMs) => driver.grant(askedMs);
  await clock.advance(ttlMs / 3);
  expect(registering.value?.state).toBe('active');
});

test.each(['REGISTRY_FORBIDDEN', 'INSTANCE_ALREADY_REGISTERED', 'REGISTRY_INTERNAL'] as const)(
  'R9: nothing but unavailability is retried: %s rejects at once',
  async (code) => {
    const { driver, registry } = bench();
    driver.script.register = failing(code);
    await expect(registry.register(orders, { onUnavailable: 'retry' })).rejects.toMatchObject({ code });
    expect(driver.callsOf('register')).toHaveLength(1);
  },
);

test('E3: by default a first register that gets no answer rejects within callTimeoutMs', async () => {
  const { clock, driver, registry } = bench();
  driver.script.register = (_instance, _ttlMs, options) => hanging(options);
  const registering = outcomeOf(registry.register(orders));
  await clock.advance(callTimeoutMs - 1);
  expect(registering).toEqual({});
  await clock.advance(1);
  expect(registering.error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE', retryable: true });
  expect(String(registering.error)).toContain('register the instance of "orders/a" (scripted at nowhere:1)');
});

test('C1: a signal that was aborted beforehand rejects with its reason before anything is sent', async () => {
  const { driver, registry } = bench();
  await expect(registry.register(orders, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
  expect(driver.calls).toEqual([]);
});

test('C1: a signal that aborts between two attempts rejects at once, and nothing more is sent', async () => {
  const { clock, driver, registry } = bench();
  driver.script.register = failing('REGISTRY_UNAVAILABLE');
  const controller = new AbortController();
  const { signal } = controller;
  const registering = outcomeOf(registry.register(orders, { ttlMs, onUnavailable: 'retry', signal }));
  await clock.advance(120);
  const sent = driver.calls.length;
  controller.abort(new Error('enough'));
  await clock.advance(10 * ttlMs);
  expect(registering.error).toMatchObject({ message: 'enough' });
  expect(driver.calls).toHaveLength(sent);
});

test('C1: a signal that aborts between the answer and its delivery still rejects, and the entry is removed', async () => {
  const { clock, driver, registry } = bench();
  const controller = new AbortController();
  driver.script.register = async (_, askedMs) => {
    queueMicrotask(() => controller.abort(new Error('just then')));
    return driver.grant(askedMs);
  };
  const registering = outcomeOf(registry.register(orders, { signal: controller.signal }));
  await clock.advance(0);
  expect(registering.error).toMatchObject({ message: 'just then' });
  expect(driver.callsOf('revoke')).toHaveLength(1);
});

test('C1: a signal that aborts afterwards never touches the registration', async () => {
  const controller = new AbortController();
  const { clock, registration } = await registered({ signal: controller.signal });
  controller.abort();
  await clock.advance(ttlMs);
  expect(registration.state).toBe('active');
});

test('R4: a backend that cannot reject atomically says so before anything is sent', async () => {
  const { driver, registry } = bench(new ScriptedDriver({ conflict: ['replace'] }));
  await expect(registry.register(orders, { onConflict: 'reject' })).rejects.toMatchObject({
    code: 'REGISTRY_UNSUPPORTED',
  });
  expect(driver.calls).toEqual([]);
});

test('R3: two registrations of one id in one registry are two owners', async () => {
  const { driver, registry } = bench();
  await registry.register(orders);
  await registry.register(orders);
  const [first, second] = driver.callsOf('register').map(({ given }) => given[2].owner);
  expect(first).not.toBe(second);
});

test.each([
  [{ ttl: 5 }, 'options.ttl'],
  [{ ttlMs: '15s' }, 'options.ttlMs'],
  [{ ttlMs: 0 }, 'options.ttlMs'],
  [{ ttlMs: 1e12 }, 'options.ttlMs'],
  [{ onConflict: 'overwrite' }, 'options.onConflict'],
  [{ onUnavailable: true }, 'options.onUnavailable'],
  [{ onLost: null }, 'options.onLost'],
  [{ onStateChange: 'log' }, 'options.onStateChange'],
  [{ signal: {} }, 'options.signal'],
  [null, 'options'],
])('I6: options %j are a TypeError that names %s, and nothing is sent', async (options, path) => {
  const { driver, registry } = bench();
  const registering = registry.register(orders, options as never);
  await expect(registering).rejects.toThrow(TypeError);
  await expect(registering).rejects.toThrow(path);
  expect(driver.calls).toEqual([]);
});
