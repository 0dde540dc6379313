import { quietMs, silenceMs } from '@rollcall/testing-faults';
import { freePort, poll, TcpProxy } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { dialMs, Scene } from './scene.ts';

const ttlMs = 3_000;

/** What is wrong with an endpoint, besides that nobody listens there. */
const breaks = {
  'refuses connections': (proxy: TcpProxy) => proxy.cut(),
  'is silent': (proxy: TcpProxy) => proxy.blackHole(),
};
const faults = Object.entries(breaks);

describe.each(['etcd34', 'etcd35'] as const)('%s', (version) => {
  const { url } = inject(version);
  const { hostname: host, port } = new URL(url);
  const target = { host, port: Number(port) };

  test.concurrent('E3: an endpoint where nobody listens is passed over', async () => {
    await using scene = await Scene.open({ url, ttlMs, firstEndpoint: `127.0.0.1:${await freePort()}` });
    scene.faultBegins();
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent.each(faults)('E3, L4: a first endpoint that %s from the start is passed over', async (_, fault) => {
    await using proxy = await TcpProxy.start(target);
    fault(proxy);
    await using scene = await Scene.open({ url, ttlMs, firstEndpoint: proxy.endpoint });
    scene.faultBegins();
    const from = performance.now();
    const { client } = await scene.reach();
    await client.registry.list(scene.service);
    expect(performance.now() - from).toBeLessThan(dialMs + quietMs);
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent.each(faults)(
    'L4, W7: an endpoint that %s later on costs no lease',
    async (_, fault) => {
      await using proxy = await TcpProxy.start(target);
      await using scene = await Scene.open({ url, ttlMs, firstEndpoint: proxy.endpoint });
      scene.faultBegins();
      fault(proxy);
      const from = performance.now();
      await poll(() => performance.now() - from > 2 * ttlMs || undefined, { what: 'several renewals are due' });
      expect(scene.held.flatMap(({ changes }) => changes).filter(({ to }) => to === 'lost')).toEqual([]);
      await scene.assertLaws({ healedWithinMs: quietMs, watchHealedWithinMs: silenceMs });
    },
    40_000,
  );

  test.concurrent.each(faults)(
    'L4: a reset costs no lease while the other endpoint %s',
    async (_, fault) => {
      await using proxy = await TcpProxy.start(target);
      await using scene = await Scene.open({ url, ttlMs, firstEndpoint: proxy.endpoint });
      fault(proxy);
      await poll(() => (isActive(scene) && scene.owner.net.connections > 0) || undefined, {
        what: 'the owner is at the endpoint that is left',
      });
      const from = scene.faultBegins();
      scene.owner.net.reset();
      await poll(() => performance.now() - from > 2 * ttlMs || undefined, { what: 'several renewals are due' });
      expect(scene.held.flatMap(({ changes }) => changes).filter(({ to }) => to === 'lost')).toEqual([]);
      await scene.assertLaws({ healedWithinMs: quietMs, watchHealedWithinMs: silenceMs });
    },
    40_000,
  );

  test.concurrent('E3, R9, W6: an endpoint that refuses is asked again with pauses, by however many', async () => {
    await using scene = new Scene({ url, ttlMs });
    const { client, net } = await scene.reach();
    net.cut();
    const aborting = new AbortController();
    const { signal } = aborting;
    const from = performance.now();
    const registering = client.hold(scene.init('a'), { ttlMs, onUnavailable: 'retry', signal });
    const reading = client.registry.watch(scene.service, { signal }).next();
    await poll(() => performance.now() - from > ttlMs || undefined, { what: 'many attempts' });
    // Pauses of at most 500 ms and T/3, with full jitter, and two connections for each attempt: some 50. Without any, thousands.
    expect(net.accepted).toBeLessThan(250);
    expect(net.accepted).toBeGreaterThan(3);
    aborting.abort(new Error('enough'));
    await expect(registering).rejects.toThrow('enough');
    await expect(reading).rejects.toThrow('enough');
  });
});

function isActive({ held }: Scene): boolean {
  return held.every(({ registration }) => registration.state === 'active');
}
