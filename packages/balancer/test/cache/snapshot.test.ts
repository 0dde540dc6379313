import { readFile, stat, writeFile } from 'node:fs/promises';
import { openServiceCache, type ServiceCacheOptions } from '@rollcall/balancer';
import { describe, expect, test } from 'vitest';
import { readSnapshot } from '../../src/disk/snapshot-file.ts';
import { folder } from '../folder.ts';
import { ids } from '../instances.ts';
import { openScene, type Scene, seen, withTime } from '../scene.ts';

describe('a process that starts while the registry is out of reach', () => {
  test('serves the set from disk, once the registry has had its time, and says so', async () => {
    await using own = await folder();
    await using scene = openScene();
    const path = own.file('cache.json');
    const options = { ...scene.options, snapshot: { path } };
    await saveBy(scene, options);
    scene.driver.disconnect();
    await scene.clock.advance(3_600_000);
    const read = scene.told('snapshot-read');
    await using cache = openServiceCache(options);
    await read;
    await withTime(scene.clock, cache.ready());
    expect(seen(cache.service('orders'))).toEqual(['disk', 'a b']);
    expect(scene.diagnostics).toMatchObject([
      { type: 'snapshot-read', services: 1 },
      { type: 'set-from-disk', service: 'orders', instances: 2, ageMs: expect.closeTo(3_601_000, -5) },
    ]);
    await scene.provider.close();
    scene.driver.reconnect();
    await scene.clock.advance(1_000);
    expect(seen(cache.service('orders'))).toEqual(['live', '']);
    expect(scene.diagnostics).toMatchObject([{}, {}, { type: 'set-live', instances: 0 }]);
  });

  test('serves it also for a service that is asked for later', async () => {
    await using own = await folder();
    await using scene = openScene();
    const options = { ...scene.options, snapshot: { path: own.file('cache.json') } };
    await saveBy(scene, options);
    scene.driver.disconnect();
    const read = scene.told('snapshot-read');
    await using cache = openServiceCache({ ...options, services: [] });
    await read;
    await cache.ready();
    const service = cache.service('orders');
    await withTime(scene.clock, cache.ready());
    expect(seen(service)).toEqual(['disk', 'a b']);
  });

  test('serves nothing that is too old', async () => {
    await using own = await folder();
    await using scene = openScene();
    const options = { ...scene.options, snapshot: { path: own.file('cache.json'), maxAgeMs: 60_000 } };
    await saveBy(scene, options);
    scene.driver.disconnect();
    await scene.clock.advance(60_001);
    const read = scene.told('snapshot-read');
    await using cache = openServiceCache(options);
    await read;
    const refused = await withTime(scene.clock, failure(cache.ready()));
    expect(refused).toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringContaining(`, and ${options.snapshot.path} has nothing that is young enough.`),
    });
  });

  test('refuses a damaged file, says so, and writes a good one in its place', async () => {
    await using own = await folder();
    await using scene = openScene();
    const options = { ...scene.options, snapshot: { path: own.file('cache.json') } };
    await saveBy(scene, options);
    const text = await readFile(options.snapshot.path, 'utf8');
    await writeFile(options.snapshot.path, text.slice(0, -20));
    scene.driver.disconnect();
    const refused = scene.told('snapshot-refused');
    const cache = openServiceCache(options);
    await refused;
    await withTime(scene.clock, failure(cache.ready()));
    expect(scene.diagnostics).toMatchObject([
      { type: 'snapshot-refused', path: options.snapshot.path, reason: 'damaged' },
    ]);
    scene.driver.reconnect();
    await withTime(scene.clock, cache.ready());
    await cache.close();
    expect(await readSnapshot({ ...options.snapshot, scope: '' })).toMatchObject({ is: 'read' });
  });

  test.each([
    ['foreign', '{"name":"my settings"}\n'],
    ['version', '{"format":"rollcall service cache","v":2}\n[]\n'],
    ['scope', '{"format":"rollcall service cache","v":1,"scope":"prod"}\n[]\n'],
  ])('refuses a file that is %s, and leaves it alone', async (reason, text) => {
    await using own = await folder();
    await using scene = openScene();
    const path = own.file('cache.json');
    await writeFile(path, text);
    await scene.register('a');
    const cache = openServiceCache({ ...scene.options, snapshot: { path } });
    await cache.ready();
    await cache.close();
    expect(scene.diagnostics).toMatchObject([{ type: 'snapshot-refused', reason }]);
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});

describe('the snapshot', () => {
  test('is not served while the registry answers', async () => {
    await using own = await folder();
    await using scene = openScene();
    const options = { ...scene.options, snapshot: { path: own.file('cache.json') } };
    await saveBy(scene, options);
    await scene.register('c');
    const read = scene.told('snapshot-read');
    await using cache = openServiceCache(options);
    await cache.ready();
    await read;
    await scene.clock.advance(5_000);
    expect(seen(cache.service('orders'))).toEqual(['live', 'a b c']);
    expect(scene.diagnostics).toMatchObject([{ type: 'snapshot-read' }]);
  });

  test('is written a little after a change, and holds those that are held', async () => {
    await using own = await folder();
    await using scene = openScene();
    const place = { path: own.file('cache.json'), scope: '' };
    await scene.register('a', 'b');
    await using cache = openServiceCache({ ...scene.options, snapshot: place });
    await cache.ready();
    scene.store.wipe();
    await scene.clock.advance(0);
    expect(cache.service('orders').state).toBe('held');
    await expect.poll(() => written(scene, place.path)).toBe(true);
    const read = await readSnapshot(place);
    expect(read.is === 'read' && read.services.map(({ instances }) => ids(instances))).toEqual([['a', 'b']]);
  });

  test('is written once for all changes within 5 s, however many', async () => {
    await using own = await folder();
    await using scene = openScene();
    const path = own.file('cache.json');
    const read = scene.told('snapshot-read');
    await using cache = openServiceCache({ ...scene.options, snapshot: { path } });
    await read;
    await scene.clock.advance(5_000);
    await expect.poll(() => stat(path)).toBeDefined();
    const before = await readFile(path, 'utf8');
    for (let second = 0; second < 5; second += 1) {
      await scene.register(`i${second}`);
      await scene.clock.advance(999);
      expect(await readFile(path, 'utf8')).toBe(before);
    }
    await scene.clock.advance(5);
    await expect
      .poll(() => readSnapshot({ path, scope: '' }))
      .toMatchObject({ services: [{ instances: { length: 5 } }] });
    expect(ids(cache.instances('orders'))).toHaveLength(5);
  });

  test('has no service that was forgotten, though the former process had', async () => {
    await using own = await folder();
    await using scene = openScene();
    const place = { path: own.file('cache.json'), scope: '' };
    await saveBy(scene, { ...scene.options, snapshot: place });
    const read = scene.told('snapshot-read');
    const cache = openServiceCache({ ...scene.options, services: ['orders', 'billing'], snapshot: place });
    await read;
    await cache.ready();
    cache.forget('orders');
    await cache.close();
    expect(await readSnapshot(place)).toMatchObject({ is: 'read', services: [{ service: 'billing' }] });
  });

  test('is written now and then though nothing changes, so that its sets stay young', async () => {
    await using own = await folder();
    await using scene = openScene();
    const place = { path: own.file('cache.json'), scope: '' };
    await scene.register('a');
    await using cache = openServiceCache({ ...scene.options, snapshot: { ...place, maxAgeMs: 40_000 } });
    await cache.ready();
    await scene.clock.advance(100_000);
    await expect
      .poll(async () => {
        await scene.clock.advance(1_000);
        const read = await readSnapshot(place);
        return read.is === 'read' && (read.services[0]?.seenAt ?? 0) >= 1_700_000_090_000;
      })
      .toBe(true);
  });

  test('that cannot be written is told, and stops nothing', async () => {
    await using own = await folder();
    await using scene = openScene();
    const path = own.file('missing/cache.json');
    await scene.register('a');
    const cache = openServiceCache({ ...scene.options, snapshot: { path } });
    await cache.ready();
    await cache.close();
    expect(scene.diagnostics).toMatchObject([
      { type: 'snapshot-read' },
      { type: 'snapshot-not-written', path, error: { code: 'ENOENT' } },
    ]);
  });
});

/** What a former process leaves on disk: `orders` at a and b. */
async function saveBy(scene: Scene, options: ServiceCacheOptions): Promise<void> {
  await scene.register('a', 'b');
  const former = openServiceCache({ ...options, onDiagnostic: undefined });
  await former.ready();
  await former.close();
}

async function written(scene: Scene, path: string): Promise<boolean> {
  await scene.clock.advance(1_000);
  return stat(path).then(
    () => true,
    () => false,
  );
}

function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}
