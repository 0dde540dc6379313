import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { brief, bench, cut, failure, follow } from './watched.ts';
import { instance, isFrozen } from './sample-sets.ts';

test('W1: nothing is opened before the first read', async () => {
  const { clock, driver, registry } = bench();
  const watcher = registry.watch('orders');
  await clock.advance(10_000);
  expect(driver.calls).toEqual([]);
  const first = watcher.next();
  expect(driver.callsOf('watch').map(({ given: [service] }) => service)).toEqual(['orders']);
  await watcher.return();
  await expect(first).resolves.toEqual({ done: true, value: undefined });
});

test('W1: the first snapshot comes as soon as it is read, complete, even when it is empty', async () => {
  const { clock, driver, registry } = bench();
  const [orders, users] = ['orders', 'users'].map((service) => follow(registry.watch(service)));
  const [first, second] = driver.watches;
  first?.snapshot(instance('b'), instance('a'));
  second?.snapshot();
  await clock.advance(0);
  expect(orders?.news()).toEqual(['initial live a1 b1: +a1 +b1']);
  expect(users?.news()).toEqual(['initial live none']);
  expect([orders, users].map((reader) => reader?.snapshots[0]?.service)).toEqual(['orders', 'users']);
});

test("W1: a reader who joins gets the hub's set at once, stale if it is", async () => {
  const { clock, driver, registry } = bench();
  follow(registry.watch('orders'));
  driver.watching.snapshot(instance('a'));
  await clock.advance(0);
  const live = await registry.watch('orders').next();
  cut(driver);
  await clock.advance(1_500);
  const stale = await registry.watch('orders').next();
  expect([live, stale].map(({ value }) => value && brief(value))).toEqual([
    'initial live a1: +a1',
    'initial stale a1: +a1',
  ]);
});

test('W2: each reader gets the difference to what it has read itself; at the same set all see one revision', async () => {
  const { clock, driver, registry } = bench();
  const fast = follow(registry.watch('orders'));
  const slow = registry.watch('orders');
  driver.watching.snapshot(instance('a'), instance('b'));
  await clock.advance(0);
  const { value: first } = await slow.next();
  driver.watching.change([instance('a', 2)]);
  await clock.advance(0);
  driver.watching.change([instance('c')], ['b']);
  await clock.advance(0);
  const { value: last } = await slow.next();
  expect(fast.news()).toEqual(['initial live a1 b1: +a1 +b1', 'change live a2 b1: ~a2', 'change live a2 c1: +c1 -b1']);
  expect([first, last].map((snapshot) => snapshot && brief(snapshot))).toEqual([
    'initial live a1 b1: +a1 +b1',
    'change live a2 c1: +c1 ~a2 -b1',
  ]);
  expect([first?.revision, last?.revision]).toEqual([fast.snapshots[0]?.revision, fast.snapshots[2]?.revision]);
  expect(new Set(fast.snapshots.map(({ revision }) => revision)).size).toBe(3);
  expect(last?.instances).toBe(fast.snapshots[2]?.instances);
});

test('I7: everything that is handed out is frozen', async () => {
  const { clock, driver, registry } = bench();
  const { snapshots } = follow(registry.watch('orders'));
  driver.watching.snapshot(instance('a'));
  driver.watching.change([], ['a']);
  cut(driver);
  await clock.advance(1_500);
  expect(snapshots).toHaveLength(3);
  for (const snapshot of snapshots) {
    expect([snapshot, snapshot.instances].every((part) => Object.isFrozen(part))).toBe(true);
    expect(isFrozen(snapshot.delta)).toBe(true);
  }
});

test('W3: a slow reader gets the newest, however much it missed', async () => {
  const { clock, driver, registry } = bench();
  const slow = registry.watch('orders');
  const first = slow.next();
  driver.watching.snapshot(instance('a'), instance('gone'));
  await first;
  for (let version = 2; version <= 101; version += 1) driver.watching.change([instance('a', version)], ['gone']);
  await clock.advance(0);
  const { value } = await slow.next();
  expect(value && brief(value)).toBe('change live a101: ~a101 -gone1');
  const pending = follow(slow);
  await clock.advance(10_000);
  expect(pending.news()).toEqual([]);
});

test('W5: what changes nothing is not told, nor is what was undone before it was read', async () => {
  const { clock, driver, registry } = bench();
  const fast = follow(registry.watch('orders'));
  const slow = registry.watch('orders');
  driver.watching.snapshot(instance('a'));
  await clock.advance(0);
  await slow.next();
  expect(fast.news()).toHaveLength(1);
  driver.watching.change([instance('a')], ['b']);
  driver.watching.snapshot(instance('a'));
  driver.watching.change([], []);
  await clock.advance(0);
  expect(fast.news()).toEqual([]);
  driver.watching.change([instance('b')]);
  await clock.advance(0);
  driver.watching.change([], ['b']);
  await clock.advance(0);
  expect(fast.news()).toEqual(['change live a1 b1: +b1', 'change live a1: -b1']);
  const later = follow(slow);
  await clock.advance(0);
  expect(later.news()).toEqual([]);
  driver.watching.change([instance('a', 2)]);
  await clock.advance(0);
  expect(later.news()).toEqual(['change live a2: ~a2']);
});

test('W9: return() ends it at once, while reads are pending and for good', async () => {
  const { clock, driver, registry } = bench();
  const watcher = registry.watch('orders');
  const pending = [watcher.next(), watcher.next()];
  await clock.advance(0);
  const end = { done: true, value: undefined };
  await expect(watcher.return()).resolves.toEqual(end);
  await expect(Promise.all(pending)).resolves.toEqual([end, end]);
  await expect(watcher.next()).resolves.toEqual(end);
  await expect(watcher.return()).resolves.toEqual(end);
  await clock.advance(0);
  expect(driver.watching.isOver).toBe(true);
  expect(clock.timers).toBe(0);
});

test('W9: break and disposal end it, also before the first read', async () => {
  const { clock, driver, registry } = bench();
  {
    await using unread = registry.watch('orders');
    expect(unread.service).toBe('orders');
  }
  expect(driver.watches).toEqual([]);
  {
    await using watcher = registry.watch('orders');
    const first = watcher.next();
    driver.watching.snapshot(instance('a'));
    await first;
  }
  await clock.advance(0);
  expect(driver.watching.isOver).toBe(true);
  const watcher = registry.watch('orders');
  driver.script.watch = (service, options) => {
    const watch = driver.open(service, options);
    watch.snapshot(instance('a'));
    return watch;
  };
  for await (const { instances } of watcher) {
    expect(instances).toEqual([instance('a')]);
    break;
  }
  await clock.advance(0);
  expect(driver.watches).toHaveLength(2);
  expect(driver.watching.isOver).toBe(true);
  await expect(watcher.next()).resolves.toEqual({ done: true, value: undefined });
  expect(clock.timers).toBe(0);
});

test('W9: several pending reads are served in order, one snapshot each', async () => {
  const { clock, driver, registry } = bench();
  const watcher = registry.watch('orders');
  const served: string[] = [];
  const reads = [1, 2, 3].map(async (number) => {
    const { value } = await watcher.next();
    served.push(`${number}: ${value && brief(value)}`);
  });
  driver.watching.snapshot();
  await clock.advance(0);
  expect(served).toEqual(['1: initial live none']);
  driver.watching.change([instance('a')]);
  driver.watching.change([instance('b')]);
  driver.watching.change([instance('c')]);
  await Promise.all(reads);
  expect(served.slice(1)).toEqual(['2: change live a1: +a1', '3: change live a1 b1: +b1']);
  await clock.advance(0);
  const { value } = await watcher.next();
  expect(value && brief(value)).toBe('change live a1 b1 c1: +c1');
});

test('C4: a reader keeps the process alive exactly while a read is pending', async () => {
  const { clock, driver, registry } = bench();
  const watcher = registry.watch('orders');
  expect(clock.keepingAlive).toBe(0);
  const pending = [watcher.next(), watcher.next()];
  expect(clock.keepingAlive).toBe(1);
  driver.watching.snapshot(instance('a'));
  await pending[0];
  expect(clock.keepingAlive).toBe(1);
  driver.watching.change([], ['a']);
  await pending[1];
  await clock.advance(0);
  expect(clock.keepingAlive).toBe(0);
  const last = watcher.next();
  expect(clock.keepingAlive).toBe(1);
  await watcher.return();
  await last;
  await clock.advance(0);
  expect(clock.keepingAlive).toBe(0);
});

test('C1: the signal ends the watcher: pending and later reads reject with its reason', async () => {
  const { clock, driver, registry } = bench();
  const controller = new AbortController();
  const watcher = registry.watch('orders', { signal: controller.signal });
  const pending = Promise.allSettled([watcher.next(), watcher.next()]);
  await clock.advance(0);
  const reason = failure('REGISTRY_CLOSED');
  controller.abort(reason);
  expect(await pending).toEqual([1, 2].map(() => ({ status: 'rejected', reason })));
  await expect(watcher.next()).rejects.toBe(reason);
  await expect(watcher.return()).resolves.toEqual({ done: true, value: undefined });
  await expect(watcher.next()).rejects.toBe(reason);
  await clock.advance(0);
  expect(driver.watching.isOver).toBe(true);
  expect(clock.timers).toBe(0);
});

test('W9: a watcher that has ended holds nothing on its signal', async () => {
  const { registry } = bench();
  const { signal } = new AbortController();
  const watchers = [1, 2].map(() => registry.watch('orders', { signal }));
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await Promise.all(watchers.map((watcher) => watcher.return()));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('C1: a signal aborted beforehand rejects the first read, and nothing is opened', async () => {
  const { driver, registry } = bench();
  const watcher = registry.watch('orders', { signal: AbortSignal.abort('enough') });
  await expect(watcher.next()).rejects.toBe('enough');
  expect(driver.calls).toEqual([]);
});

test('C1: the signal of one reader leaves the others alone', async () => {
  const { clock, driver, registry } = bench();
  const controller = new AbortController();
  const leaves = follow(registry.watch('orders', { signal: controller.signal }));
  const stays = follow(registry.watch('orders'));
  driver.watching.snapshot(instance('a'));
  await clock.advance(0);
  controller.abort('enough');
  driver.watching.change([], ['a']);
  await clock.advance(0);
  expect(leaves.end).toEqual({ error: 'enough' });
  expect([leaves.news(), stays.news()].map((news) => news.length)).toEqual([1, 2]);
  expect(driver.watching.isOver).toBe(false);
});

test('W8: closing the registry ends watchers normally, read or not', async () => {
  const { clock, driver, registry } = bench();
  const [pending, other] = [follow(registry.watch('orders')), follow(registry.watch('users'))];
  const read = registry.watch('orders');
  const unread = registry.watch('orders');
  for (const watch of driver.watches) watch.snapshot(instance('a'));
  await clock.advance(0);
  await read.next();
  const closing = registry.close();
  await closing;
  await clock.advance(0);
  expect([pending.end, other.end]).toEqual(['done', 'done']);
  for (const watcher of [read, unread]) await expect(watcher.next()).resolves.toEqual({ done: true, value: undefined });
  expect(driver.watches.map(({ isOver }) => isOver)).toEqual([true, true]);
  expect(clock.timers).toBe(0);
});

test('E1: a watcher of a closed registry rejects its reads', async () => {
  const { driver, registry } = bench();
  await registry.close();
  const watcher = registry.watch('orders');
  await expect(watcher.next()).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  await expect(watcher.next()).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  expect(driver.callsOf('watch')).toEqual([]);
});
