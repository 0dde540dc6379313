import { createRegistry, manualClock, type Registry, serviceInstance } from '@rollcall/core';
import { expect, test, vi } from 'vitest';
import { memoryDriver, MemoryStore } from '../src/index.ts';

const orders = { service: 'orders', id: 'a', endpoints: ['http://10.0.0.1:80'] } as const;
const { signal } = new AbortController();

function shop(): { clock: ReturnType<typeof manualClock>; store: MemoryStore; open: () => Registry } {
  const clock = manualClock();
  const store = new MemoryStore({ clock });
  return { clock, store, open: () => createRegistry(memoryDriver(store), { clock }) };
}

test('L3: a million milliseconds of a thousand leases need one timer at a time', async () => {
  const clock = manualClock();
  let pending = 0;
  let most = 0;
  const counting = {
    now: () => clock.now(),
    schedule: (ms: number, callback: () => void): Disposable => {
      pending += 1;
      most = Math.max(most, pending);
      const timer = clock.schedule(ms, () => {
        pending -= 1;
        callback();
      });
      return {
        [Symbol.dispose]: () => {
          pending -= 1;
          timer[Symbol.dispose]();
        },
      };
    },
  };
  const driver = memoryDriver(new MemoryStore({ clock: counting }));
  for (let number = 0; number < 1_000; number += 1) {
    const instance = serviceInstance({ ...orders, id: `i${number}` });
    await driver.register(instance, 1_000 + number, { signal, owner: 'o', onConflict: 'replace' });
  }
  await clock.advance(1_999);
  expect((await driver.list('orders', { signal })).instances).toEqual([]);
  expect([most, pending]).toEqual([1, 0]);
});

test('L6: remove, corrupt and wipe tell whether there was anything', async () => {
  const { store, open } = shop();
  const registry = open();
  expect([store.remove('orders', 'a'), store.corrupt('orders', 'a')]).toEqual([false, false]);
  await registry.register(orders);
  expect([store.corrupt('orders', 'b'), store.corrupt('orders', 'a')]).toEqual([false, true]);
  expect([store.remove('orders', 'a'), store.remove('orders', 'a')]).toEqual([true, false]);
  store.wipe();
  await registry.close();
});

test('D5, L6: a corrupted entry is left out and reported once, and its owner heals it at the next renewal', async () => {
  const { clock, store, open } = shop();
  const told: string[] = [];
  const owner = open();
  const reader = createRegistry(memoryDriver(store), { clock, onDiagnostic: ({ type }) => told.push(type) });
  await owner.register(orders, { ttlMs: 3_000 });
  store.corrupt('orders', 'a');
  expect(await reader.list('orders')).toEqual([]);
  expect(await reader.services()).toEqual([]);
  await clock.advance(1_100);
  expect(await reader.list('orders')).toHaveLength(1);
  expect(told).toEqual(['malformed-record']);
  await Promise.all([owner.close(), reader.close()]);
});

test('R3: two clients with the same constant random are two owners all the same', async () => {
  const { clock, store } = shop();
  const random = (): number => 0.5;
  const [first, second] = [1, 2].map(() => createRegistry(memoryDriver(store), { clock, random }));
  const former = await first?.register(orders, { ttlMs: 3_000 });
  await second?.register(orders, { ttlMs: 3_000 });
  await clock.advance(1_200);
  expect(former?.state).toBe('closed');
});

test('E1: a crashed client never comes back, and a closed one says that it is closed', async () => {
  const { store } = shop();
  const crashed = memoryDriver(store);
  crashed.crash();
  expect(() => crashed.reconnect()).toThrow(/has crashed/);
  await expect(crashed.list('orders', { signal })).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  const closed = memoryDriver(store);
  await closed[Symbol.asyncDispose]();
  closed.crash();
  closed.disconnect();
  closed.reconnect();
  await expect(closed.services({ signal })).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
});

test('W9: a stream that is returned ends, also for a read that waits, and holds nothing any more', async () => {
  const { store } = shop();
  const driver = memoryDriver(store);
  const stream = driver.watch('orders', { signal })[Symbol.asyncIterator]();
  await stream.next();
  const waiting = stream.next();
  await stream.return?.();
  await stream.return?.();
  await driver[Symbol.asyncDispose]();
  expect([await waiting, await stream.next()]).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
});

test('D4: a service whose entries have all run out is not named, though nothing has swept them yet', async () => {
  const clock = manualClock();
  const driver = memoryDriver(new MemoryStore({ clock }));
  const instance = serviceInstance(orders);
  await driver.register(instance, 1_000, { signal, owner: 'o', onConflict: 'replace' });
  clock.now = () => 1_000; // no timer has run
  expect(await driver.services({ signal })).toEqual([]);
  expect((await driver.list('orders', { signal })).instances).toEqual([]);
  const first = await driver.watch('orders', { signal })[Symbol.asyncIterator]().next();
  expect(first.value).toMatchObject({ instances: [] });
});

test('W2: what goes in one step, by a wipe or by running out together, leaves a watch in one event', async () => {
  const { clock, store } = shop();
  const driver = memoryDriver(store);
  const register = async (id: string): Promise<unknown> =>
    driver.register(serviceInstance({ ...orders, id }), 1_000, { signal, owner: 'o', onConflict: 'replace' });
  for (const act of [() => store.wipe(), () => void clock.advance(1_000)]) {
    await Promise.all(['a', 'b', 'c'].map(register));
    const stream = driver.watch('orders', { signal })[Symbol.asyncIterator]();
    await stream.next();
    const next = stream.next();
    act();
    const { value } = await next;
    expect(value?.type === 'changes' && value.removedIds.toSorted()).toEqual(['a', 'b', 'c']);
    await stream.return?.();
  }
});

test('L3: of more than are expired in one turn, no watch is told a set that holds some of those that have run out', async () => {
  const { clock, store } = shop();
  const driver = memoryDriver(store);
  const all = Array.from({ length: 3_000 }, (_, number) => `i${number}`);
  for (const id of all)
    await driver.register(serviceInstance({ ...orders, id }), 1_000, { signal, owner: 'o', onConflict: 'replace' });
  const stream = driver.watch('orders', { signal })[Symbol.asyncIterator]();
  await stream.next();
  const next = stream.next();
  void clock.advance(1_000);
  const { value } = await next;
  expect(value?.type === 'changes' && value.removedIds.length).toBe(all.length);
  expect((await driver.list('orders', { signal })).instances).toEqual([]);
});

test('C1: renewing and updating are done within the call, so that no signal has to be made for them', async () => {
  const { store } = shop();
  const driver = memoryDriver(store);
  const instance = serviceInstance(orders);
  const lease = await driver.register(instance, 1_000, { signal, owner: 'o', onConflict: 'replace' });
  const asked = vi.fn<() => AbortSignal>(() => signal);
  const options = {
    get signal(): AbortSignal {
      return asked();
    },
  };
  await lease.renew(options);
  await lease.update(serviceInstance({ ...orders, weight: 7 }), options);
  expect((await driver.list('orders', { signal })).instances).toMatchObject([{ weight: 7 }]);
  expect(asked).not.toHaveBeenCalled();
});

test('C1: calls and watches with a signal that has aborted reject with its reason', async () => {
  const { store } = shop();
  const driver = memoryDriver(store);
  const aborted = { signal: AbortSignal.abort(new Error('enough')) };
  await expect(driver.list('orders', aborted)).rejects.toThrow('enough');
  await expect(driver.services(aborted)).rejects.toThrow('enough');
  await expect(driver.watch('orders', aborted)[Symbol.asyncIterator]().next()).rejects.toThrow('enough');
});
