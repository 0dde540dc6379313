import { RegistryError } from '@rollcall/core';
import { graceMs, idsOf, quietMs } from '@rollcall/testing-faults';
import { EtcdAdmin, type EtcdServer, poll, startEtcd } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { dialMs, Scene } from './scene.ts';
import { storedRecord } from './stored.ts';

const ttlMs = 2_000;

/** Registering again: backoff of at most T/3 (R6), behind a dialling that was under way; and the renewal that notices, T/3 + 10 %. */
const regainedWithinMs = ttlMs / 3 + ttlMs * 0.37 + dialMs;

describe.each(['etcd34', 'etcd35'] as const)('%s', (version) => {
  const binary = inject('binaries')[version];

  test.concurrent('R9, E3: a server that is down at the start is waited for, and named', async () => {
    await using server = await startEtcd(binary);
    await server.stop();
    await using scene = new Scene({ url: server.url, ttlMs });
    await scene.gather();
    const { owner, lister, witness } = scene;
    const from = performance.now();
    const refusal = await lister.client.registry.list(scene.service).catch((error: unknown) => error);
    expect(performance.now() - from).toBeLessThan(lister.client.callTimeoutMs);
    expect(refusal).toSatisfy((error) => RegistryError.is(error, 'REGISTRY_UNAVAILABLE'));
    expect(refusal).toHaveProperty('message', expect.stringContaining(lister.net.endpoint));
    await expect(owner.client.hold(scene.init('a'), { ttlMs })).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    const patient = scene.init('a');
    const holding = owner.client.hold(patient, { ttlMs, onUnavailable: 'retry' });
    await poll(() => (owner.net.accepted > 3 ? true : undefined), { what: 'several attempts', withinMs: 5_000 });
    // Nothing stands in for "not known yet" (W7).
    expect(witness.snapshots).toEqual([]);
    await server.start();
    const startedAt = performance.now();
    scene.held.push(await holding);
    expect(performance.now() - startedAt).toBeLessThan(regainedWithinMs);
    await scene.seen((instances) => idsOf(instances).has('a'), quietMs);
    await scene.assertLaws({ healedWithinMs: quietMs, serverBackAt: startedAt });
  });

  test.concurrent('R2, R9: who waits for a server that is down may give up, and leaves nothing', async () => {
    await using server = await startEtcd(binary);
    await server.stop();
    await using scene = new Scene({ url: server.url, ttlMs });
    await scene.gather();
    const { owner } = scene;
    const aborting = new AbortController();
    const { signal } = aborting;
    const holding = owner.client.hold(scene.init('a'), { ttlMs, onUnavailable: 'retry', signal });
    await poll(() => (owner.net.accepted > 3 ? true : undefined), { what: 'several attempts', withinMs: 5_000 });
    aborting.abort(new Error('enough'));
    await expect(holding).rejects.toThrow('enough');
    await server.start();
    await scene.assertLaws({ healedWithinMs: quietMs });
    expect(await scene.admin.getPrefix(scene.prefix)).toEqual([]);
  });

  test.concurrent.each(['stop', 'kill'] as const)(
    'W6, L3: a server that ends by %s and comes back with its data loses nobody',
    async (end) => {
      await using server = await startEtcd(binary);
      await using scene = await Scene.open({ url: server.url, ttlMs });
      scene.faultBegins();
      await server[end]();
      await scene.tells('stale', graceMs + quietMs);
      await server.start();
      const serverBackAt = performance.now();
      await scene.assertLaws({ healedWithinMs: regainedWithinMs, serverBackAt });
    },
  );

  test.concurrent('L5, R6, W6: a server that is frozen for 3 × T and goes on has everyone back', async () => {
    await using server = await startEtcd(binary);
    await using scene = await Scene.open({ url: server.url, ttlMs });
    const frozenAt = scene.faultBegins();
    server.pause();
    await poll(() => (performance.now() - frozenAt > 3 * ttlMs ? true : undefined), { what: '3 × T have passed' });
    // Whoever has not been answered for T believes in nothing any more (L5), and nobody was told that anyone is gone.
    for (const { registration } of scene.held) expect(registration.state).toBe('lost');
    server.resume();
    const serverBackAt = performance.now();
    const healedWithinMs = regainedWithinMs;
    // Their leases ran out while the server stood still; it says so as soon as it can.
    const excuses = [{ from: serverBackAt, to: serverBackAt + healedWithinMs }];
    await scene.assertLaws({ healedWithinMs, serverBackAt, excuses });
    for (const { changes } of scene.held) expect(changes.filter(({ to }) => to === 'lost')).toHaveLength(1);
  });

  test.concurrent.each([
    { kind: 'a wiped server', newIdentity: false, passes: false },
    { kind: 'one of another ID', newIdentity: true, passes: false },
    { kind: 'one past the old revision', newIdentity: false, passes: true },
  ])('W6, L6: a wiped server is refilled, and told exactly: $kind', async ({ newIdentity, passes }) => {
    await using server = await startEtcd(binary);
    await using scene = await Scene.open({ url: server.url, ttlMs });
    const before = await scene.admin.status();
    // A watch that has seen an event of its own has something to go on from, and must not.
    await scene.held[0]?.registration.update({ metadata: { step: '1' } });
    await scene.seen((instances) => instances.some(({ metadata }) => metadata['step'] === '1'), quietMs);
    const wipedAt = scene.faultBegins();
    const nets = [scene.owner.net, scene.reader.net, scene.lister.net];
    // Not a word of the end of the old server: whoever connects anew meets the new one, and nothing in between.
    for (const net of nets) net.blackHole();
    await server.erase({ newIdentity });
    await server.start();
    if (passes) await pass(server, scene, Number(before.revision) + 50);
    expect((await scene.admin.status()).clusterId === before.clusterId).toBe(!newIdentity);
    for (const net of nets) {
      net.reset();
      net.restore();
    }
    const serverBackAt = performance.now();
    const excuses = [{ from: wipedAt, to: serverBackAt + regainedWithinMs }];
    await scene.assertLaws({ healedWithinMs: regainedWithinMs, serverBackAt, excuses });
  });

  test.concurrent('W6: a wiped server that was refilled by the same hand is not taken for the old one', async () => {
    await using server = await startEtcd(binary);
    await using scene = new Scene({ url: server.url, ttlMs });
    await scene.gather();
    const fill = async (ids: readonly string[]): Promise<void> => {
      for (const id of ids) await scene.admin.put(scene.keyOf(id), storedRecord(scene.init(id)));
    };
    await scene.seen((instances) => instances.length === 0, quietMs);
    await fill(['old', 'both']);
    await scene.seen((instances) => instances.length === 2, quietMs);
    scene.reader.net.blackHole();
    await server.wipe();
    // The same key at the same revision, under no lease as before; what stands beside it is something else.
    await fill(['new', 'both']);
    scene.reader.net.reset();
    scene.reader.net.restore();
    await scene.seen((instances) => [...idsOf(instances)].join() === 'both,new', quietMs);
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent('W6: a watch whose history was compacted while it was cut reads the set anew', async () => {
    await using server = await startEtcd(binary);
    await using scene = await Scene.open({ url: server.url, ttlMs });
    const { owner, reader, observer } = scene;
    // Something to go on from, so that it is the compaction alone that stands in the way.
    const late = await observer.hold(scene.init('late'), { ttlMs });
    await scene.seen((instances) => idsOf(instances).has('late'), quietMs);
    scene.faultBegins();
    // Held back rather than refused: the watch goes on from its cursor, and only the server knows that it cannot.
    reader.net.pause('down');
    await late.registration.close();
    scene.held.push(await owner.client.hold(scene.init('d'), { ttlMs }));
    await scene.admin.compact();
    reader.net.reset();
    reader.net.restore();
    await scene.seen((instances) => idsOf(instances).has('d') && !idsOf(instances).has('late'), quietMs);
    expect(scene.witness.snapshots.some(({ reason }) => reason === 'resync')).toBe(true);
    await scene.assertLaws({ healedWithinMs: quietMs });
  });
});

/** Writes until the store's revision is past `revision`, and nothing of it is the scene's. */
async function pass(server: EtcdServer, scene: Scene, revision: number): Promise<void> {
  const admin = new EtcdAdmin(server.url);
  await poll(
    async () => {
      await admin.put('/elsewhere', scene.prefix);
      return Number(await admin.revision()) > revision || undefined;
    },
    { what: 'the new history is past the old revision', withinMs: 20_000, everyMs: 1 },
  );
}
