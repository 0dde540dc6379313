import { startEtcdCluster } from '@rollcall/testing-servers';
import { describe, inject, test } from 'vitest';
import { beginningWith, Cast } from './cast.ts';

/**
 * Long enough for an election (0.4–0.7 s at these servers' time-outs) between two attempts to renew, also where six clusters of three share two cores:
 * an outage of the servers as long as T loses leases rightly (L4).
 */
const ttlMs = 3_000;

describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  const binary = inject('binaries')[server];

  test.concurrent(
    'L2, L4, W6: the leader is killed, and those who renew and read through any member go on',
    { timeout: 30_000 },
    async () => {
      await using cluster = await startEtcdCluster(binary);
      using elections = cluster.followElections();
      await using cast = new Cast();
      const { endpoints } = cluster;
      for (const [index, endpoint] of endpoints.entries()) {
        const registry = cast.client({ endpoints: beginningWith(endpoints, endpoint) });
        await cast.own(registry, `owner-${index}`, ttlMs);
        cast.witness(registry, cast.client({ endpoints: beginningWith(endpoints, endpoint) }));
      }
      const letGhostDie = await cast.ghost(endpoints[0] ?? '', ttlMs);
      await cast.seen(['owner-0', 'owner-1', 'owner-2', 'ghost']);

      letGhostDie();
      const killed = await cluster.killLeader();
      await cluster.leader();
      const observer = cast.client({ endpoints: endpoints.filter((endpoint) => endpoint !== killed.endpoint) });
      await cast.own(cast.client({ endpoints }), 'newcomer', ttlMs);
      // Readers at the killed member hear of it at once, and read again after a pause of up to 0.5 s.
      await cast.seen(['owner-0', 'owner-1', 'owner-2', 'newcomer'], 2_000);
      await cast.assertLaws({ observer, healedWithinMs: ttlMs, leaderSince: () => elections.lastAt });
    },
  );

  test.concurrent(
    'L2, L4, W6: all members are restarted one after another, and nobody vanishes',
    { timeout: 40_000 },
    async () => {
      await using cluster = await startEtcdCluster(binary);
      using elections = cluster.followElections();
      await using cast = new Cast();
      const { endpoints, members } = cluster;
      for (const [index, endpoint] of endpoints.entries()) {
        const registry = cast.client({ endpoints: beginningWith(endpoints, endpoint) });
        await cast.own(registry, `owner-${index}`, ttlMs);
        cast.witness(registry, cast.client({ endpoints: beginningWith(endpoints, endpoint) }));
      }
      const letGhostDie = await cast.ghost(endpoints[0] ?? '', ttlMs);
      const observer = cast.client({ endpoints });
      await cast.seen(['owner-0', 'owner-1', 'owner-2', 'ghost']);

      letGhostDie();
      for (const [index, member] of members.entries()) {
        await member.stop();
        await member.start();
        await cluster.leader();
        // A member that is up has to be of use again before the next one goes, as an operator would wait.
        const newcomer = await cast.own(cast.client({ endpoints }), `while-${index}`, ttlMs);
        await cast.seen(['owner-0', 'owner-1', 'owner-2', `while-${index}`], 2_000);
        await newcomer.registration.close();
      }
      await cast.assertLaws({ observer, healedWithinMs: ttlMs, leaderSince: () => elections.lastAt });
    },
  );
});
