import type { Registration } from '@rollcall/core';
import { idsOf, quietMs, silenceMs } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { Scene } from './scene.ts';

describe.each(['etcd34', 'etcd35'] as const)('%s', (version) => {
  const { url } = inject(version);

  test.concurrent('L4, W7: connections that are reset in the midst of renewals lose nothing', async () => {
    const ttlMs = 1_000;
    await using scene = await Scene.open({ url, ttlMs });
    const { owner, held } = scene;
    const from = scene.faultBegins();
    let resets = 0;
    while (performance.now() - from < 5 * ttlMs) {
      const sent = owner.net.bytesUp;
      await poll(() => owner.net.bytesUp > sent || undefined, {
        what: 'a renewal is sent',
        withinMs: ttlMs,
        everyMs: 1,
      });
      owner.net.reset();
      resets += 1;
      const believed = held.map(({ registration }) => deadlineOf(registration));
      // One break for each renewal: a backend that breaks each repetition too could not be reached at all.
      await poll(
        () =>
          held.every(({ registration }, index) => deadlineOf(registration) > (believed[index] ?? 0) + 1) || undefined,
        { what: 'everyone has renewed since', withinMs: ttlMs, everyMs: 1 },
      );
    }
    expect(resets).toBeGreaterThan(5);
    expect(scene.held.flatMap(({ changes }) => changes).filter(({ to }) => to === 'lost')).toEqual([]);
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent('W6, W7: a watch that is reset again and again while things change misses none', async () => {
    await using scene = await Scene.open({ url, ttlMs: 2_000 });
    const { reader, ttlMs, witness } = scene;
    const { client: neighbour } = await scene.reach();
    scene.faultBegins();
    const [first] = scene.held;
    const expected = new Set(['a', 'b', 'c']);
    for (let step = 0; step < 20; step += 1) {
      const id = `n${step}`;
      const updating = first?.registration.update({ metadata: { step: id } });
      const joining = neighbour.hold(scene.init(id), { ttlMs });
      const leaver = step % 3 === 2 ? scene.held.pop() : undefined;
      const leaving = leaver?.registration.close();
      reader.net.reset();
      scene.held.push(await joining);
      await Promise.all([updating, leaving]);
      expected.add(id);
      if (leaver !== undefined) expected.delete(leaver.registration.instance.id);
      await scene.seen(
        (instances) =>
          [...expected].every((one) => idsOf(instances).has(one)) &&
          instances.every((one) => expected.has(one.id) || one.id === 'ghost') &&
          instances[0]?.metadata['step'] === id,
        quietMs,
      );
    }
    expect(witness.sights.filter(({ freshness }) => freshness === 'stale')).toEqual([]);
    await scene.assertLaws({ healedWithinMs: quietMs });
  });

  test.concurrent('W6, W7: a network that falls silent is noticed, and what happened meanwhile is told as one difference', async () => {
    await using scene = await Scene.open({ url, ttlMs: 2_000 });
    const { reader, ttlMs, witness } = scene;
    const { client: neighbour } = await scene.reach();
    const [first] = scene.held;
    const leaver = await neighbour.hold(scene.init('leaver'), { ttlMs });
    await scene.seen((instances) => idsOf(instances).has('leaver'), quietMs);
    const before = witness.latest;
    scene.faultBegins();
    reader.net.blackHole();
    await leaver.registration.close();
    await first?.registration.update({ metadata: { step: '1' } });
    scene.held.push(await neighbour.hold(scene.init('joiner'), { ttlMs }));
    await scene.tells('stale', silenceMs);
    expect(witness.latest).toMatchObject({ instances: before?.instances, reason: 'freshness' });
    const known = witness.snapshots.length;
    reader.net.restore();
    await scene.tells('live', quietMs + reader.client.callTimeoutMs);
    const next = witness.snapshots[known];
    expect(next).toMatchObject({ freshness: 'live', reason: 'resync' });
    expect({
      added: next?.delta.added.map(({ id }) => id),
      updated: next?.delta.updated.map(({ id }) => id),
      removed: next?.delta.removed.map(({ id }) => id),
    }).toEqual({ added: ['joiner'], updated: ['a'], removed: ['ghost', 'leaver'] });
    await scene.assertLaws({ healedWithinMs: quietMs });
  }, 40_000);

  test.concurrent('L2, L4, W7: connections that die without a word, while new ones work, cost no lease', async () => {
    await using scene = await Scene.open({ url, ttlMs: 3_000 });
    const { owner, reader, lister, ttlMs } = scene;
    const { client: neighbour } = await scene.reach();
    scene.faultBegins();
    for (const { net } of [owner, reader, lister]) net.freezeExisting();
    scene.held.push(await neighbour.hold(scene.init('joiner'), { ttlMs }));
    await scene.seen((instances) => idsOf(instances).has('joiner'), silenceMs);
    const leases = scene.held.map(({ registration }) => registration.lease);
    expect(leases.every(({ signal }) => !signal.aborted)).toBe(true);
    expect(scene.held.flatMap(({ changes }) => changes).filter(({ to }) => to === 'lost')).toEqual([]);
    await scene.assertLaws({ healedWithinMs: quietMs });
  }, 40_000);
});

/** Until when the owner may believe in the lease (L5). */
function deadlineOf({ lease }: Registration): number {
  return performance.now() + lease.remainingMs;
}
