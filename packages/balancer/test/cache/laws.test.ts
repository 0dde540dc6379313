import { openServiceCache, type ServiceCache } from '@rollcall/balancer';
import type { Registration } from '@rollcall/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { ids } from '../instances.ts';
import { openScene, type Scene } from '../scene.ts';

type Step =
  | { readonly does: 'register' | 'drain' | 'close'; readonly id: string }
  | { readonly does: 'wipe' | 'disconnect' | 'reconnect' }
  | { readonly does: 'advance'; readonly ms: number };

test('whatever happens, what is served has all that the registry lists while it answers, and in the end nothing else', () =>
  check(
    fc.asyncProperty(fc.array(aStep(), { maxLength: 30 }), async (steps) => {
      await using scene = openScene();
      await using cache = openServiceCache(scene.options);
      await cache.ready();
      const owned = new Map<string, Registration>();
      for (const id of ['a', 'b', 'c', 'd']) await take({ does: 'register', id }, scene, owned);
      await scene.clock.advance(0);
      for (const step of steps) {
        await take(step, scene, owned);
        await scene.clock.advance(0);
        await expectLaws(cache, scene);
      }
      scene.driver.reconnect();
      await scene.clock.advance(120_000);
      expect(cache.service('orders').state).toBe('live');
      expect(cache.instances('orders')).toEqual(await scene.provider.list('orders'));
    }),
    { numRuns: 60 },
  ));

async function take(step: Step, scene: Scene, owned: Map<string, Registration>) {
  const { clock, driver, store } = scene;
  switch (step.does) {
    case 'register': {
      const [registration] = await scene.register(step.id);
      if (registration !== undefined) owned.set(step.id, registration);
      return;
    }
    case 'drain':
      return drain(owned.get(step.id));
    case 'close':
      return owned.get(step.id)?.close();
    case 'wipe':
      return store.wipe();
    case 'disconnect':
      return driver.disconnect();
    case 'reconnect':
      driver.reconnect();
      // The watch stands again within a second (W4).
      return clock.advance(1_000);
    case 'advance':
      return clock.advance(step.ms);
  }
}

async function expectLaws(cache: ServiceCache, { provider, caller }: Scene): Promise<void> {
  const { state, instances } = cache.service('orders');
  const served = ids(instances);
  expect(served).toEqual([...new Set(served)].toSorted());
  expect(Object.isFrozen(instances)).toBe(true);
  const [report] = cache.report();
  expect(report?.instances).toBe(instances.length);
  expect(state === 'held' && report?.held === 0).toBe(false);
  const seen = await caller.list('orders').catch(() => undefined);
  if (seen === undefined || state === 'stale') return;
  const listed = await provider.list('orders');
  expect(instances).toEqual(expect.arrayContaining([...listed]));
  expect(served).toHaveLength(listed.length + (report?.held ?? 0));
}

async function drain(registration: Registration | undefined): Promise<void> {
  if (registration !== undefined && registration.state !== 'closed') await registration.update({ status: 'draining' });
}

function aStep(): fc.Arbitrary<Step> {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  return fc.oneof(
    fc.record({ does: fc.constantFrom('register', 'drain', 'close'), id }),
    fc.record({ does: fc.constantFrom('wipe', 'disconnect', 'reconnect') }),
    fc.record({ does: fc.constant('advance'), ms: fc.constantFrom(10, 1_500, 6_000, 20_000, 70_000) }),
  );
}
