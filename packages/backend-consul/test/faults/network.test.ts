import { graceMs, idsOf, quietMs, silenceMs } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { expect, inject, test } from 'vitest';
import { coarseMs, requestMs } from './consul-registry.ts';
import { Scene } from './scene.ts';

const { url } = inject('consul');

test.concurrent('L4, W7: connections that are reset in the midst of renewals lose nothing', async () => {
  const ttlMs = 3_000;
  await using scene = await Scene.open({ url, ttlMs });
  const { owner } = scene;
  const from = scene.faultBegins();
  let resets = 0;
  while (performance.now() - from < 2 * ttlMs) {
    const sent = owner.net.bytesUp;
    await poll(() => owner.net.bytesUp > sent || undefined, {
      what: 'a renewal is sent',
      withinMs: ttlMs,
      everyMs: 1,
    });
    owner.net.reset();
    resets += 1;
    // One break for each renewal: a backend that breaks each repetition too could not be reached at all.
    await scene.renewed();
  }
  expect(resets).toBeGreaterThan(3);
  expect(lossesOf(scene)).toEqual([]);
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

test.concurrent.each([
  // One wait, a sixteenth more that Consul may add, and the bound on an answer.
  { what: 'a short wait of polls', waitMs: 1_000, noticedWithinMs: 1_063 + requestMs + coarseMs },
  { what: 'the wait that polls have', waitMs: 15_000, noticedWithinMs: silenceMs },
])(
  'W6, W7: a network that falls silent is noticed with $what, and what happened meanwhile is told as one difference',
  { timeout: 40_000 },
  async ({ waitMs, noticedWithinMs }) => {
    await using scene = await Scene.open({ url, ttlMs: 2_000, waitMs });
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
    await scene.tells('stale', noticedWithinMs + graceMs);
    expect(witness.latest).toMatchObject({ instances: before?.instances, reason: 'freshness' });
    const known = witness.snapshots.length;
    reader.net.restore();
    await scene.tells('live', quietMs + requestMs + coarseMs);
    const next = witness.snapshots[known];
    expect(next).toMatchObject({ freshness: 'live', reason: 'resync' });
    expect({
      added: next?.delta.added.map(({ id }) => id),
      updated: next?.delta.updated.map(({ id }) => id),
      removed: next?.delta.removed.map(({ id }) => id),
    }).toEqual({ added: ['joiner'], updated: ['a'], removed: ['ghost', 'leaver'] });
    await scene.assertLaws({ healedWithinMs: quietMs });
  },
);

test.concurrent('L5, L7, R6: an owner whose network falls silent knows when its lease is over, and comes back', async () => {
  const ttlMs = 2_000;
  await using scene = await Scene.open({ url, ttlMs });
  const { owner, held } = scene;
  const from = scene.faultBegins();
  owner.net.blackHole();
  await poll(() => held.every(({ registration }) => registration.state === 'lost') || undefined, {
    what: 'everyone knows that its lease is over (L5)',
    withinMs: ttlMs + quietMs,
  });
  await scene.seen((instances) => instances.length === 0, ttlMs + lagBoundMs);
  const goneBy = performance.now();
  owner.net.restore();
  // A request that was under way has its answer now, or its bound comes; then core tries again, after T/3 at most.
  const healedWithinMs = requestMs + coarseMs + ttlMs / 3;
  await scene.assertLaws({ healedWithinMs, excuses: [{ from: from + ttlMs / 2, to: goneBy + healedWithinMs }] });
  for (const { changes } of held) {
    const states = changes.map(({ to }) => to);
    expect(states.filter((state) => state === 'lost')).toHaveLength(1);
    expect(states.slice(0, 3)).toEqual(['suspect', 'lost', 'active']);
  }
});

test.concurrent(
  'L2, L4, W7: connections that die without a word, while new ones work, cost no lease',
  { timeout: 40_000 },
  async () => {
    await using scene = await Scene.open({ url, ttlMs: 3_000 });
    const { owner, reader, lister, ttlMs } = scene;
    const { client: neighbour } = await scene.reach();
    scene.faultBegins();
    for (const { net } of [owner, reader, lister]) net.freezeExisting();
    scene.held.push(await neighbour.hold(scene.init('joiner'), { ttlMs }));
    await scene.seen((instances) => idsOf(instances).has('joiner'), silenceMs + quietMs);
    expect(lossesOf(scene)).toEqual([]);
    await scene.assertLaws({ healedWithinMs: quietMs });
  },
);

/** What a reader may take beyond T: Lag, and W4's second. */
const lagBoundMs = 2_000;

function lossesOf({ held }: Scene): readonly unknown[] {
  return held.flatMap(({ changes }) => changes).filter(({ to }) => to === 'lost');
}
