import { quietMs } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { Scene } from './scene.ts';

const ttlMs = 2_000;
const dayMs = 86_400_000;

describe.each(['etcd34', 'etcd35'] as const)('%s', (version) => {
  afterEach(() => {
    vi.useRealTimers();
  });

  // The wall clock is the whole process's: these do not run side by side.
  test.each([
    { jump: 'forward', byMs: dayMs },
    { jump: 'back', byMs: -dayMs },
  ])('T3: nothing happens when the wall clock jumps a day $jump', async ({ byMs }) => {
    await using scene = await Scene.open({ url: inject(version).url, ttlMs });
    const { owner, reader, lister, witness, held } = scene;
    const leases = held.map(({ registration }) => registration.lease);
    const known = witness.snapshots.length;
    const from = performance.now();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
    await poll(() => performance.now() - from > 2 * ttlMs || undefined, {
      what: 'every lease is renewed several times',
    });
    expect(held.flatMap(({ changes }) => changes)).toEqual([]);
    expect(held.map(({ registration }) => registration.lease)).toEqual(leases);
    expect(witness.snapshots).toHaveLength(known);
    expect([owner, reader, lister].flatMap(({ client }) => client.diagnostics)).toEqual([]);
    // Reading, changing, dying and leaving go on as ever.
    await held[0]?.registration.update({ metadata: { step: '1' } });
    await scene.seen((instances) => instances.some(({ metadata }) => metadata['step'] === '1'), quietMs);
    scene.faultBegins();
    await scene.assertLaws({ healedWithinMs: quietMs });
  });
});
