import { memoryDriver } from '@rollcall/backend-memory';
import { createRegistry } from '@rollcall/core';
import { expect, test } from 'vitest';
import { openScene } from '../scene.ts';

test('registrations are told by how their lease stands, and those that are closed are not', async () => {
  await using scene = await openScene();
  const driver = memoryDriver(scene.store);
  await using registry = createRegistry(driver, { random: () => 0.5, onDiagnostic: scene.telemetry.onDiagnostic });
  for (const id of ['x', 'y'])
    scene.telemetry.observeRegistration(
      await registry.register({ service: 'billing', id, endpoints: ['http://192.0.2.1:80'] }, { ttlMs: 15_000 }),
    );
  const lines = () => scene.metering.lines('rollcall.registration.count');
  expect(await lines()).toEqual({ 'billing active': 2, 'billing suspect': 0, 'billing lost': 0 });
  driver.disconnect();
  await scene.clock.advance(11_000);
  expect(await lines()).toEqual({ 'billing active': 0, 'billing suspect': 2, 'billing lost': 0 });
  await scene.clock.advance(11_000);
  expect(await lines()).toEqual({ 'billing active': 0, 'billing suspect': 0, 'billing lost': 2 });
  expect(await scene.metering.lines('rollcall.diagnostic.events')).toMatchObject({
    'billing registration-lost': 2,
  });
  driver.reconnect();
  await scene.clock.advance(15_000);
  expect(await lines()).toEqual({ 'billing active': 2, 'billing suspect': 0, 'billing lost': 0 });
  await registry.close();
  expect(await lines()).toEqual({ 'billing active': 0, 'billing suspect': 0, 'billing lost': 0 });
});
