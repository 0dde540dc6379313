import { expect, test } from 'vitest';
import { createRegistry } from '../../src/registry/create-registry.ts';
import { manualClock } from '../../src/time/manual-clock.ts';
import { ScriptedDriver } from '../scripted-driver.ts';
import { instance } from './sample-sets.ts';
import { bench, follow } from './watched.ts';

test('W10: a thousand readers of one service are one watch of the backend', async () => {
  const { clock, driver, registry } = bench();
  const readers = Array.from({ length: 1_000 }, () => follow(registry.watch('orders')));
  driver.watching.snapshot(instance('a'));
  await clock.advance(0);
  driver.watching.change([instance('b')]);
  await clock.advance(0);
  expect(driver.callsOf('watch')).toHaveLength(1);
  expect(readers.every(({ snapshots }) => snapshots.length === 2)).toBe(true);
  expect(new Set(readers.map(({ snapshots }) => snapshots[1]?.instances)).size).toBe(1);
  await Promise.all(readers.slice(1).map(({ watcher }) => watcher.return()));
  await clock.advance(0);
  expect(driver.watching.isOver).toBe(false);
});

test("W10: when nobody reads any more the driver's watch is aborted; who comes later opens another", async () => {
  const { clock, driver, registry } = bench();
  const readers = [follow(registry.watch('orders')), follow(registry.watch('orders'))];
  driver.watching.snapshot(instance('a'));
  await clock.advance(0);
  for (const { watcher } of readers) await watcher.return();
  const [former] = driver.watches;
  expect(former?.signal.aborted).toBe(true);
  const later = follow(registry.watch('orders'));
  await clock.advance(0);
  expect(later.news()).toEqual([]);
  expect(former?.isOver).toBe(true);
  expect(driver.watches).toHaveLength(2);
  driver.watching.snapshot(instance('b'));
  await clock.advance(0);
  expect(later.news()).toEqual(['initial live b1: +b1']);
});

test('I1: services are apart, each with a watch of its own', async () => {
  const { clock, driver, registry } = bench();
  const names = ['a', 'A', 'a/b', 'a%2Fb', 'ab', '__proto__'];
  const readers = names.map((name) => follow(registry.watch(name)));
  driver.watches.forEach((watch, index) => watch.snapshot(instance(`of-${index}-`)));
  await clock.advance(0);
  expect(driver.watches.map(({ service }) => service)).toEqual(names);
  expect(readers.flatMap((reader) => reader.news())).toEqual(
    names.map((_, index) => `initial live of-${index}-1: +of-${index}-1`),
  );
  await readers[0]?.watcher.return();
  expect(driver.watches.map(({ signal }) => signal.aborted)).toEqual([true, false, false, false, false, false]);
});

test('D5: a record that cannot be decoded is told once, whether a list or a watch meets it', async () => {
  const { clock, driver, registry, told } = bench();
  const error = new Error('no JSON');
  const broken = { key: '/orders/b', id: 'b', error };
  driver.script.list = async () => ({ type: 'snapshot', instances: [instance('a')], malformed: [broken] });
  await expect(registry.list('orders')).resolves.toEqual([instance('a')]);
  const reader = follow(registry.watch('orders'));
  driver.watching.push({ type: 'snapshot', instances: [instance('a')], malformed: [broken] });
  await clock.advance(0);
  const event = { type: 'malformed-record', service: 'orders', key: '/orders/b', error };
  expect(told).toEqual([event]);
  driver.watching.change([instance('b')]);
  driver.watching.push({ type: 'changes', put: [], removedIds: ['b'], malformed: [broken] });
  await clock.advance(0);
  expect(told).toEqual([event, event]);
  expect(reader.news()).toEqual(['initial live a1: +a1', 'change live a1 b1: +b1', 'change live a1: -b1']);
});

test('E4: a sink that throws does a watch no harm', async () => {
  const clock = manualClock();
  const driver = new ScriptedDriver();
  const registry = createRegistry(driver, {
    clock,
    onDiagnostic: () => {
      throw new Error('a broken sink');
    },
  });
  const reader = follow(registry.watch('orders'));
  driver.watching.push({ type: 'snapshot', instances: [], malformed: [{ key: 'x', error: 'no JSON' }] });
  driver.watching.end();
  await clock.advance(500);
  driver.watching.snapshot(instance('a'));
  await clock.advance(0);
  expect(reader.news()).toEqual(['initial live none', 'resync live a1: +a1']);
});
