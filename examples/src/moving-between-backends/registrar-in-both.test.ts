import { type MemoryDriver, memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, type ManualClock, manualClock, type Registrar, type Registry } from '@rollcall/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { registrarInBoth } from './registrar-in-both.ts';
import { stillMissing } from './still-missing.ts';

const instance = { service: 'orders', id: 'a', endpoints: ['http://10.0.0.5:80'] };
const waitMs = 5_000;

/** One of the two registries: the provider's client of it, and what everybody else sees there. */
interface Side {
  readonly driver: MemoryDriver;
  readonly registry: Registry;
  readonly others: Registry;
}

let clock: ManualClock;
let old: Side;
let next: Side;
let registrar: Registrar;
let told: unknown[];

function side(): Side {
  const store = new MemoryStore({ clock });
  const driver = memoryDriver(store);
  return { driver, registry: createRegistry(driver), others: createRegistry(memoryDriver(store)) };
}

async function seenIn({ others }: Side): Promise<readonly string[]> {
  return (await others.list('orders')).map(({ id, status, zone }) => `${id} ${status} ${zone ?? 'nowhere'}`);
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  await clock.advance(ms);
  return work;
}

beforeEach(() => {
  clock = manualClock();
  old = side();
  next = side();
  told = [];
  registrar = registrarInBoth({
    leading: old.registry,
    following: next.registry,
    onFollowingFailed: (error) => told.push(error),
    clock,
  });
});

afterEach(async () => {
  const closing = [old, next].flatMap(({ registry, others }) => [registry.close(), others.close()]);
  await inTime(Promise.all(closing), 5_000);
});

describe('an entry in two registries', () => {
  test('is listed in both when register resolves, and is changed and removed in both', async () => {
    const registration = await registrar.register({ ...instance, zone: 'east' });
    expect([await seenIn(old), await seenIn(next)]).toEqual([['a up east'], ['a up east']]);

    await registration.update({ status: 'draining', zone: undefined });
    expect([await seenIn(old), await seenIn(next)]).toEqual([['a draining nowhere'], ['a draining nowhere']]);

    await registration.close();
    expect([await seenIn(old), await seenIn(next)]).toEqual([[], []]);
    expect(told).toEqual([]);
  });

  test('is renewed in both', async () => {
    await registrar.register(instance, { ttlMs: 15_000 });
    await clock.advance(600_000);
    expect([await seenIn(old), await seenIn(next)]).toEqual([['a up nowhere'], ['a up nowhere']]);
  });

  test('is in neither if the leading registry does not answer', async () => {
    old.driver.disconnect();
    await expect(registrar.register(instance)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await clock.advance(60_000);
    expect(await seenIn(next)).toEqual([]);
  });

  test('is in neither after its start was cancelled', async () => {
    next.driver.disconnect();
    const start = new AbortController();
    const registering = registrar.register(instance, { signal: start.signal });
    await clock.advance(waitMs - 1);
    start.abort(new Error('no longer wanted'));
    await expect(registering).rejects.toThrow('no longer wanted');
    next.driver.reconnect();
    await clock.advance(60_000);
    expect([await seenIn(old), await seenIn(next)]).toEqual([[], []]);
  });
});

describe('while the following registry is out of reach', () => {
  beforeEach(() => next.driver.disconnect());

  test('a start is held for a bounded time, and told', async () => {
    const registering = registrar.register(instance);
    const registration = await inTime(registering, waitMs);
    expect(registration.state).toBe('active');
    expect(await seenIn(old)).toEqual(['a up nowhere']);
    expect(told).toEqual([
      new Error('orders/a: the following registry has not answered for 5000 ms; going on without it.'),
    ]);
  });

  test('an entry waits for it, and begins there as it is by then', async () => {
    const registration = await inTime(registrar.register({ ...instance, zone: 'east' }), waitMs);
    await registration.update({ zone: undefined, status: 'draining' });
    expect(await seenIn(old)).toEqual(['a draining nowhere']);
    next.driver.reconnect();
    await clock.advance(15_000);
    expect(await seenIn(next)).toEqual(['a draining nowhere']);
  });

  test('an entry that is closed meanwhile never comes to be there', async () => {
    const registration = await inTime(registrar.register(instance), waitMs);
    await registration.close();
    next.driver.reconnect();
    await clock.advance(60_000);
    expect([await seenIn(old), await seenIn(next)]).toEqual([[], []]);
    expect(told).toHaveLength(1);
  });
});

describe('when the following registry fails later', () => {
  test('changes and the end reach the leading one all the same, and the failures are told', async () => {
    const registration = await registrar.register(instance, { ttlMs: 15_000 });
    next.driver.disconnect();
    await inTime(registration.update({ status: 'draining' }), 5_000);
    expect(await seenIn(old)).toEqual(['a draining nowhere']);
    await inTime(registration.close(), 5_000);
    expect(await seenIn(old)).toEqual([]);
    expect(told).toMatchObject([{ code: 'REGISTRY_UNAVAILABLE' }, { code: 'REGISTRY_UNAVAILABLE' }]);
    await clock.advance(15_000); // what could not be removed is left to its TTL
    expect(await seenIn(next)).toEqual([]);
  });

  test('a sink that throws harms nobody', async () => {
    registrar = registrarInBoth({
      leading: old.registry,
      following: next.registry,
      onFollowingFailed: () => {
        throw new Error('a broken sink');
      },
      clock,
    });
    await next.registry.close();
    const registration = await registrar.register(instance);
    await registration.update({ status: 'draining' });
    expect(await seenIn(old)).toEqual(['a draining nowhere']);
  });
});

test('an entry that somebody else holds in the following registry stays theirs, and that is told', async () => {
  await using stranger = await next.others.register({ ...instance, zone: 'theirs' });
  await registrar.register(instance, { onConflict: 'reject' });
  expect(told).toMatchObject([{ code: 'INSTANCE_ALREADY_REGISTERED' }]);
  expect([await seenIn(old), await seenIn(next)]).toEqual([['a up nowhere'], ['a up theirs']]);
  expect(stranger.state).toBe('active');
});

test('a bad patch is refused, and what it would have changed stays as it is in both', async () => {
  const registration = await registrar.register(instance);
  await expect(registration.update({ weight: -1 })).rejects.toThrow(TypeError);
  await registration.update({ zone: 'west' });
  expect([await seenIn(old), await seenIn(next)]).toEqual([['a up west'], ['a up west']]);
});

test('whoever is listed in one registry and not in the other, or not as the same, is still missing', async () => {
  await registrar.register(instance);
  await old.registry.register({ ...instance, id: 'b' });
  await old.registry.register({ ...instance, id: 'c', status: 'draining' });
  await next.registry.register({ ...instance, id: 'c' });
  await old.registry.register({ service: 'prices', id: 'd', endpoints: ['http://10.0.0.6:80'] });
  expect(await stillMissing(old.others, next.others)).toEqual(['orders/b', 'orders/c', 'prices/d']);
  expect(await stillMissing(next.others, old.others)).toEqual(['orders/c']);
});
