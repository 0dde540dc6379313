import { describe, expect, test } from 'vitest';
import { openScene } from '../scene.ts';

describe('of each service that a cache follows', () => {
  test('the size of its set is told by status, also of those that nobody has', async () => {
    await using scene = await openScene(['a', 'b']);
    await scene.provider.register({
      service: 'orders',
      id: 'c',
      endpoints: ['http://192.0.2.1:80'],
      status: 'draining',
    });
    await scene.clock.advance(0);
    expect(await scene.metering.lines('rollcall.service.instance.count')).toEqual({
      'orders up': 2,
      'orders starting': 0,
      'orders draining': 1,
      'orders out-of-service': 0,
    });
  });

  test('its staleness is the time for which the registry is out of reach, and 0 once it is back', async () => {
    await using scene = await openScene();
    expect(await scene.metering.lines('rollcall.service.staleness')).toEqual({ orders: 0 });
    scene.driver.disconnect();
    await scene.clock.advance(31_000);
    const { orders } = await scene.metering.lines('rollcall.service.staleness');
    expect(orders).toSatisfy((seconds: number) => seconds > 29 && seconds <= 31);
    expect(await scene.metering.lines('rollcall.service.state')).toMatchObject({ 'orders live': 0, 'orders stale': 1 });
    scene.driver.reconnect();
    await scene.clock.advance(1_000);
    expect(await scene.metering.lines('rollcall.service.staleness')).toEqual({ orders: 0 });
    expect(await scene.metering.lines('rollcall.service.state')).toMatchObject({ 'orders live': 1, 'orders stale': 0 });
  });

  test('its protection is counted by pattern, and those that are held while they are', async () => {
    await using scene = await openScene();
    expect(await scene.metering.lines('rollcall.service.protections')).toEqual({
      'orders after-outage': 0,
      'orders in-one-step': 0,
      'orders one-by-one': 0,
    });
    scene.store.wipe();
    await scene.clock.advance(0);
    expect(await scene.metering.lines('rollcall.service.held_instance.count')).toEqual({ orders: 3 });
    await scene.clock.advance(6_000);
    expect(await scene.metering.lines('rollcall.service.held_instance.count')).toEqual({ orders: 0 });
    expect(await scene.metering.lines('rollcall.service.protections')).toMatchObject({ 'orders in-one-step': 1 });
  });

  test('one that is forgotten has nothing more, instead of what it had last', async () => {
    await using scene = await openScene();
    await scene.metering.collect();
    scene.cache.forget('orders');
    expect(await scene.metering.lines('rollcall.service.instance.count')).toMatchObject({ 'orders up': 0 });
    expect(await scene.metering.lines('rollcall.service.state')).toMatchObject({
      'orders live': 0,
      'orders closed': 0,
    });
  });

  test('two caches of it add up, and the greater staleness counts', async () => {
    await using scene = await openScene();
    scene.telemetry.observeCache({
      instances: () => scene.cache.instances('orders'),
      report: () => [{ service: 'orders', state: 'stale', instances: 3, held: 0, awayMs: 7_000 }],
    });
    expect(await scene.metering.lines('rollcall.service.instance.count')).toMatchObject({ 'orders up': 6 });
    expect(await scene.metering.lines('rollcall.service.staleness')).toEqual({ orders: 7 });
  });
});
