// What the suite cannot stage on a clock that is moved by hand, and what is this backend's own.
import { environmentConfig, manualClock, type ManualClock, openRegistry, serviceInstance } from '@rollcall/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { keyValueBackend, type KeyValueOptions } from './key-value-backend.ts';
import { KeyValueDriver } from './key-value-driver.ts';
import { KeyValueKeys } from './key-value-keys.ts';
import { KeyValueConnection, type Script } from './store/key-value-connection.ts';
import { KeyValueStore } from './store/key-value-store.ts';

const instance = serviceInstance({ service: 'orders', id: 'a', endpoints: ['http://10.0.0.1:80'], weight: 1 });
const key = new KeyValueKeys('rollcall').entry('orders', 'a');
const signal = new AbortController().signal;
const terms = { owner: 'me', onConflict: 'replace', signal } as const;
const ttlMs = 15_000;

/** Holds one call back, as a server that is frozen does, and handles it when it is told to. */
class FreezingConnection extends KeyValueConnection {
  thaw: () => void = () => undefined;
  isFrozen = false;

  override eval<T>(script: Script<T>): Promise<T> {
    if (!this.isFrozen) return super.eval(script);
    this.isFrozen = false;
    return new Promise<T>((resolve, reject) => {
      this.thaw = () => void super.eval(script).then(resolve, reject);
    });
  }
}

let clock: ManualClock;
let store: KeyValueStore;
let connection: FreezingConnection;
let driver: KeyValueDriver;

beforeEach(() => {
  clock = manualClock();
  store = new KeyValueStore(clock);
  connection = new FreezingConnection(store, '10.0.0.1:6379');
  driver = new KeyValueDriver(connection, 'rollcall');
});

async function weights(): Promise<readonly number[]> {
  const { instances } = await driver.list('orders', { signal });
  return instances.map(({ weight }) => weight);
}

test('W2: a list is one moment, also while others write', async () => {
  const ids = ['first', ...Array.from({ length: 20 }, (_, index) => `between ${index}`), 'second'];
  for (const id of ids) await driver.register({ ...instance, id }, ttlMs, terms);
  const other = new KeyValueDriver(new KeyValueConnection(store, '10.0.0.2:6379'), 'rollcall');
  const first = await other.register({ ...instance, id: 'first' }, ttlMs, terms);
  const second = await other.register({ ...instance, id: 'second' }, ttlMs, terms);
  async function write(): Promise<void> {
    for (let weight = 2; weight <= 100; weight += 1) {
      await first.update({ ...instance, id: 'first', weight }, { signal });
      await second.update({ ...instance, id: 'second', weight }, { signal });
    }
  }
  const writing = write();
  for (let read = 1; read <= 50; read += 1) {
    const { instances } = await driver.list('orders', { signal });
    const weightOf = (id: string): number => instances.find((one) => one.id === id)?.weight ?? 0;
    const ahead = weightOf('first') - weightOf('second');
    expect(ahead === 0 || ahead === 1, `first is written before second, and is ${ahead} ahead`).toBe(true);
  }
  await writing;
});

test('W7: a connection that dies without a word is noticed within 20 s', async () => {
  const events = driver.watch('orders', { signal });
  await events.next();
  connection.silence();
  const next = events.next().catch((error: unknown) => error);
  await clock.advance(20_000);
  expect(await next).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('C1: calls and watches end with their signal at once, also when nobody answers', async () => {
  const calling = new AbortController();
  const reason = new Error('no longer wanted');
  const events = driver.watch('orders', { signal: calling.signal });
  await events.next();
  const reading = events.next();
  connection.isFrozen = true; // what the watch reads next, because of a change
  store.set(key, 'not a record');
  await clock.advance(0);
  connection.silence();
  const opening = driver.watch('orders', { signal: calling.signal }).next();
  const pending = [reading, opening, driver.list('orders', { signal: calling.signal })];
  calling.abort(reason);
  for (const call of pending) await expect(call).rejects.toBe(reason);
});

test('C1: a signal that was aborted beforehand rejects before the call has any effect', async () => {
  const reason = new Error('not at all');
  connection.isFrozen = true;
  const registering = driver.register(instance, ttlMs, { ...terms, signal: AbortSignal.abort(reason) });
  await expect(registering).rejects.toBe(reason);
  expect(connection.isFrozen, 'nothing was sent').toBe(true);
});

test('R2: a registration that is called off while it is under way leaves nothing, also when it arrived', async () => {
  for (const onConflict of ['replace', 'reject'] as const) {
    const calling = new AbortController();
    connection.isFrozen = true;
    const registering = driver.register(instance, ttlMs, { ...terms, onConflict, signal: calling.signal });
    calling.abort(new Error('no longer wanted'));
    await expect(registering).rejects.toThrow('no longer wanted');
    connection.thaw();
    await clock.advance(0);
    expect(await weights()).toEqual([]);
  }
});

test('R2: what an attempt wrote whose answer was lost goes as soon as the connection is back', async () => {
  const registering = driver.register(instance, ttlMs, terms);
  await Promise.resolve(); // it arrives, and its answer does not
  connection.cut();
  await expect(registering).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  await clock.advance(ttlMs / 5);
  expect(store.get(key), 'nobody could remove it').toBeDefined();
  connection.restore();
  await clock.advance(ttlMs / 3);
  expect(store.get(key)).toBeUndefined();
});

test.each([
  ['the entry is gone by its TTL', () => clock.advance(2 * ttlMs)],
  ['the driver is disposed', () => driver[Symbol.asyncDispose]()],
])('R2: a removal is repeated until %s', async (_until, end) => {
  const trying = vi.spyOn(connection, 'eval');
  connection.cut();
  await expect(driver.register(instance, ttlMs, terms)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  await clock.advance(1_000);
  expect(trying.mock.calls.length).toBeGreaterThan(2);
  await end();
  trying.mockClear();
  await clock.advance(2 * ttlMs);
  expect(trying).not.toHaveBeenCalled();
});

test('R2: any number of removals may be under way', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  connection.cut();
  const attempts = Array.from({ length: 20 }, () =>
    driver.register(instance, ttlMs, { ...terms, signal: new AbortController().signal }),
  );
  for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  await clock.advance(0);
  expect(warned).not.toHaveBeenCalled();
});

test('R4: of two newcomers who find a record that nobody can read, one gets in', async () => {
  store.set(key, 'not a record');
  const other = new KeyValueDriver(new KeyValueConnection(store, '10.0.0.2:6379'), 'rollcall');
  const outcomes = await Promise.allSettled(
    [driver, other].map((one, weight) =>
      one.register({ ...instance, weight }, ttlMs, { owner: `owner ${weight}`, onConflict: 'reject', signal }),
    ),
  );
  const winners = outcomes.flatMap(({ status }, weight) => (status === 'fulfilled' ? [weight] : []));
  expect(winners).toHaveLength(1);
  expect(await weights()).toEqual(winners);
});

test('R5: an update whose answer was lost counts as written', async () => {
  const lease = await driver.register(instance, ttlMs, terms);
  const updating = lease.update({ ...instance, weight: 2 }, { signal });
  await Promise.resolve(); // it arrives, and its answer does not
  connection.cut();
  await expect(updating).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  connection.restore();
  expect(await weights()).toEqual([2]);
  await lease.renew({ signal });
  await lease.update({ ...instance, weight: 3 }, { signal });
  expect(await weights()).toEqual([3]);
});

test('R8: an update that arrives late changes nothing, also when the entry looks as it did before', async () => {
  const lease = await driver.register(instance, ttlMs, terms);
  const calling = new AbortController();
  connection.isFrozen = true;
  const late = lease.update({ ...instance, weight: 2 }, { signal: calling.signal });
  calling.abort(new Error('no answer'));
  await expect(late).rejects.toThrow('no answer');
  await lease.update({ ...instance, weight: 3 }, { signal });
  await lease.update(instance, { signal });
  connection.thaw();
  await clock.advance(0);
  expect(await weights()).toEqual([1]);
});

test('L6: an entry that was set back to what it was before, as by a restored backup, is noticed', async () => {
  const lease = await driver.register(instance, ttlMs, terms);
  const backup = store.get(key) ?? '';
  await lease.update({ ...instance, weight: 2 }, { signal });
  store.set(key, backup, ttlMs);
  await expect(lease.renew({ signal })).rejects.toMatchObject({ code: 'LEASE_NOT_FOUND' });
});

test('D5: a record that was copied to the key of another is reported, and listed once', async () => {
  await driver.register(instance, ttlMs, terms);
  store.set(`${key}-copy`, store.get(key) ?? '');
  const { instances, malformed } = await driver.list('orders', { signal });
  expect([instances, malformed]).toMatchObject([[{ id: 'a' }], [{ key: `${key}-copy` }]]);
});

test('C3: a driver that is disposed ends what is under way', async () => {
  const lease = await driver.register(instance, ttlMs, terms);
  const events = driver.watch('orders', { signal });
  await events.next();
  const pending = events.next();
  pending.catch(() => undefined);
  await driver[Symbol.asyncDispose]();
  await expect(pending).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  await expect(lease.renew({ signal })).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
});

test('B1: a URL, an object and variables open a registry, and what is wrong with one is named', async () => {
  const options: KeyValueOptions = { address: '10.0.0.1', prefix: 'prod' };
  const backends = [keyValueBackend((address) => new KeyValueConnection(store, address))];
  await using provider = openRegistry('key-value://10.0.0.1?prefix=prod', { backends });
  await using consumer = openRegistry({ backend: 'key-value', ...options }, { backends });
  const variables = environmentConfig({ ROLLCALL_URL: 'key-value://10.0.0.1', ROLLCALL_PREFIX: 'prod' });
  await using other = openRegistry(variables, { backends });
  await using stranger = openRegistry('key-value:', { backends });
  await provider.register({ service: 'orders', endpoints: ['http://10.0.0.1:80'] });
  const seen = await Promise.all([consumer, other, stranger].map((registry) => registry.services()));
  expect(seen).toEqual([['orders'], ['orders'], []]);
  expect(() => openRegistry('key-value://10.0.0.1?prefix=a*', { backends })).toThrow(
    /config\?prefix: expected 1 to 64/,
  );
  expect(() => openRegistry('key-value://me:secret@10.0.0.1', { backends })).toThrow(TypeError);
  expect(() =>
    openRegistry(environmentConfig({ ROLLCALL_URL: 'key-value:', ROLLCALL_PORT: '1' }), { backends }),
  ).toThrow(/^ROLLCALL_PORT: unknown variable/);
});
