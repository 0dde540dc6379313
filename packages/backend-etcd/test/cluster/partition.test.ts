import type { ServiceInstance } from '@rollcall/core';
import { callMs, graceMs, silenceMs, slackMs } from '@rollcall/testing-faults';
import { poll, startEtcdCluster } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { beginningWith, Cast } from './cast.ts';

/** One attempt to renew lasts T/6 (L4): a second, for another member to be reached and a leader to be elected, on a busy machine too. */
const ttlMs = 6_000;

/** A member whose connections are broken by `heal` finds its peers again with the next heartbeats; then core reopens (W4). */
const rejoinedMs = 5_000;

describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  const binary = inject('binaries')[server];

  test.concurrent.each(['leader', 'follower'] as const)(
    'W6, W7, D2, E3: a client of an isolated %s alone sees stale, never emptiness, and the exact difference afterwards',
    { timeout: 60_000 },
    async (role) => {
      await using cluster = await startEtcdCluster(binary);
      await using cast = new Cast();
      const isolated = await cluster[role]();
      const others = cluster.endpoints.filter((endpoint) => endpoint !== isolated.endpoint);
      const observer = cast.client({ endpoints: others });
      const majority = cast.client({ endpoints: others });
      await cast.own(majority, 'stays', ttlMs);
      const leaving = await cast.own(majority, 'leaves', ttlMs);
      const alone = cast.client({ endpoints: isolated.endpoint });
      const witness = cast.witness(alone, cast.client({ endpoints: isolated.endpoint }));
      await cast.seen(['stays', 'leaves']);

      cluster.isolate(isolated);
      await poll(() => witness.latest?.freshness === 'stale' || undefined, {
        what: 'the reader is told that its set is stale',
        withinMs: silenceMs + graceMs,
      });
      const stale = witness.latest;
      expect(idsIn(stale?.instances)).toEqual(['leaves', 'stays']);
      expect(stale?.delta).toEqual({ added: [], updated: [], removed: [] });
      const from = performance.now();
      await expect(alone.list(cast.service)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
      await expect(alone.services()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
      expect(performance.now() - from).toBeLessThan(2 * callMs + graceMs);
      await leaving.registration.close();
      await cast.own(majority, 'comes', ttlMs);
      expect(witness.latest).toBe(stale);

      cluster.heal();
      await poll(() => witness.latest?.freshness === 'live' || undefined, {
        what: 'the reader is back',
        withinMs: rejoinedMs,
      });
      const back = witness.snapshots[witness.snapshots.findIndex((snapshot) => snapshot === stale) + 1];
      expect(back).toMatchObject({ freshness: 'live', reason: 'resync' });
      expect(idsIn(back?.delta.added)).toEqual(['comes']);
      expect(back?.delta.updated).toEqual([]);
      expect(idsIn(back?.delta.removed)).toEqual(['leaves']);
      await cast.assertLaws({ observer });
    },
  );

  test.concurrent.each(['leader', 'follower'] as const)(
    'L2, L4, E3, W6: clients of all members leave an isolated %s for the majority in time',
    { timeout: 60_000 },
    async (role) => {
      await using cluster = await startEtcdCluster(binary);
      using elections = cluster.followElections();
      await using cast = new Cast();
      const isolated = await cluster[role]();
      const endpoints = beginningWith(cluster.endpoints, isolated.endpoint);
      const observer = cast.client({ endpoints: endpoints.slice(1) });
      await cast.own(cast.client({ endpoints }), 'owner', ttlMs);
      cast.witness(cast.client({ endpoints }), cast.client({ endpoints }));
      const letGhostDie = await cast.ghost(isolated.endpoint, ttlMs);
      const lister = cast.client({ endpoints });
      expect(await lister.list(cast.service)).toHaveLength(2);
      await cast.seen(['owner', 'ghost']);

      letGhostDie();
      cluster.isolate(isolated);
      const from = performance.now();
      expect(idsIn(await lister.list(cast.service))).toContain('owner');
      expect(performance.now() - from).toBeLessThan(callMs + slackMs);
      await cluster.leader();
      await cast.own(cast.client({ endpoints: endpoints.slice(1) }), 'newcomer', ttlMs);
      await cast.seen(['owner', 'newcomer'], silenceMs);
      await poll(async () => ((await cluster.hasLeader(isolated)) ? undefined : true), {
        what: 'it knows of no leader',
      });
      const latecomer = cast.client({ endpoints });
      const asked = performance.now();
      // Its first endpoint says that it has no leader. The bound is that of any call (E3).
      expect(idsIn(await latecomer.list(cast.service))).toEqual(expect.arrayContaining(['newcomer', 'owner']));
      expect(performance.now() - asked).toBeLessThan(callMs + slackMs);
      await cast.own(latecomer, 'latecomer', ttlMs);
      await cast.assertLaws({ observer, leaderSince: () => elections.lastAt });
    },
  );
});

function idsIn(instances: readonly ServiceInstance[] | undefined): readonly string[] {
  return instances?.map(({ id }) => id) ?? [];
}
