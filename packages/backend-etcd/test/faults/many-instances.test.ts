import { idsOf, quietMs } from '@rollcall/testing-faults';
import { EtcdAdmin, startEtcd } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { Scene } from './scene.ts';
import { storedRecord, writeAll } from './stored.ts';

const count = 10_000;

/** What gRPC takes in one message unless it is told otherwise. */
const usualMostBytes = 4 * 1_024 * 1_024;

/** Reading, decoding and folding so many, besides W4's second: a size that semantics.md gives no bound for. */
const manyMs = 10_000;

describe.each(['etcd34', 'etcd35'] as const)('%s', (version) => {
  const binary = inject('binaries')[version];

  test('W3, W6: a watch that was cut goes on behind its cursor, over 10,000 entries and more than 4 MB', async () => {
    await using server = await startEtcd(binary);
    await using scene = await Scene.open({ url: server.url, ttlMs: 3_000 });
    const { reader, witness } = scene;
    // What it goes on from: a write of its own range that it has seen.
    await scene.held[0]?.registration.update({ metadata: { step: '1' } });
    await scene.seen((instances) => instances.some(({ metadata }) => metadata['step'] === '1'), quietMs);
    scene.faultBegins();
    reader.net.pause('down');
    const lease = await fill(scene);
    const heard = reader.net.bytesDown;
    const known = witness.snapshots.length;
    reader.net.reset();
    reader.net.restore();
    await scene.seen((instances) => instances.length >= count, manyMs);
    expect(reader.net.bytesDown - heard).toBeGreaterThan(usualMostBytes);
    const since = witness.snapshots.slice(known);
    expect(new Set(since.map(({ reason }) => reason))).toEqual(new Set(['change']));
    expect(reader.client.told('watch-interrupted')).toEqual([]);
    await new EtcdAdmin(server.url).revokeLease(lease);
    await scene.seen((instances) => instances.length < 5, manyMs);
    await scene.assertLaws({ healedWithinMs: quietMs, watchHealedWithinMs: manyMs });
  }, 40_000);

  test('D1, W6: a watch that has to begin anew, and a list, read 10,000 entries and more than 4 MB at once', async () => {
    await using server = await startEtcd(binary);
    await using scene = await Scene.open({ url: server.url, ttlMs: 3_000 });
    const { reader, witness } = scene;
    scene.faultBegins();
    reader.net.cut();
    await scene.tells('stale', 2 * quietMs);
    await fill(scene);
    const known = witness.snapshots.length;
    const heard = reader.net.bytesDown;
    reader.net.restore();
    await scene.seen((instances) => instances.length >= count, manyMs);
    expect(reader.net.bytesDown - heard).toBeGreaterThan(usualMostBytes);
    const [first] = witness.snapshots.slice(known);
    expect(first).toMatchObject({ reason: 'resync', freshness: 'live' });
    expect(first?.delta.added).toHaveLength(count);
    expect(idsOf(await scene.observer.registry.list(scene.service)).size).toBeGreaterThanOrEqual(count);
    expect(await scene.observer.registry.services()).toEqual([scene.service]);
    await scene.assertLaws({ healedWithinMs: quietMs, watchHealedWithinMs: manyMs });
  }, 40_000);
});

/** @returns the lease that all of them are under */
async function fill({ admin, url, keyOf, init }: Scene): Promise<string> {
  const lease = await admin.grantLease(600);
  const writes = Array.from({ length: count }, (_, index) => {
    const id = `many-${String(index).padStart(5, '0')}`;
    return { key: keyOf(id), value: storedRecord({ ...init(id), metadata: { padding: 'x'.repeat(300) } }) };
  });
  await writeAll(url, writes, lease);
  return lease;
}
