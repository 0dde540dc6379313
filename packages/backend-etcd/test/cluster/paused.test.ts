import { callMs, quietMs, silenceMs, slackMs } from '@rollcall/testing-faults';
import { startEtcdCluster } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { beginningWith, Cast } from './cast.ts';

/** One attempt to renew lasts T/6 (L4): a second, in which a leader is elected where that one was paused, on a busy machine too. */
const ttlMs = 6_000;

describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  const binary = inject('binaries')[server];

  test.concurrent.each(['leader', 'follower'] as const)(
    'L2, L4, E3, W6: the %s is paused, and those connected to it move to another member in time',
    { timeout: 40_000 },
    async (role) => {
      await using cluster = await startEtcdCluster(binary);
      using elections = cluster.followElections();
      await using cast = new Cast();
      const paused = await cluster[role]();
      const endpoints = beginningWith(cluster.endpoints, paused.endpoint);
      const observer = cast.client({ endpoints: endpoints.slice(1) });
      const both = cast.client({ endpoints });
      await cast.own(both, 'owns-and-reads', ttlMs);
      await cast.own(cast.client({ endpoints }), 'owns', ttlMs);
      const renewing = cast.witness(both);
      cast.witness(cast.client({ endpoints }), cast.client({ endpoints }));
      const letGhostDie = await cast.ghost(endpoints[1] ?? '', ttlMs);
      const lister = cast.client({ endpoints });
      expect(await lister.list(cast.service)).toHaveLength(3);
      await cast.seen(['owns', 'owns-and-reads', 'ghost']);

      letGhostDie();
      paused.pause();
      try {
        const from = performance.now();
        expect(await lister.list(cast.service)).not.toEqual([]);
        expect(performance.now() - from).toBeLessThan(callMs + slackMs);
        await cluster.leader();
        await cast.own(cast.client({ endpoints }), 'newcomer', ttlMs);
        // Who renews has moved long before; who only reads finds out by the silence of the connection.
        await cast.seen(['newcomer'], quietMs, [renewing]);
        await cast.seen(['owns', 'owns-and-reads', 'newcomer'], silenceMs);
        await cast.assertLaws({ observer, leaderSince: () => elections.lastAt });
      } finally {
        paused.resume();
      }
    },
  );
});
