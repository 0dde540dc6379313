import { callMs, quietMs } from '@rollcall/testing-faults';
import { poll, startConsulCluster } from '@rollcall/testing-servers';
import { expect, inject, test } from 'vitest';
import { coarseMs } from '../faults/consul-registry.ts';
import { Cast } from './cast.ts';

/** Long enough for an election (2.4 to 3.5 s) between two renewals that are answered. */
const ttlMs = 8_000;

test.concurrent(
  'L2, L4, D2, W6: the leader is killed, and those who renew and read at agents beside it go on',
  {
    timeout: 60_000,
  },
  async () => {
    await using cluster = await startConsulCluster(inject('binaries').consul, { clients: 2 });
    await cluster.settled();
    await using cast = new Cast();
    const [near = '', far = ''] = cluster.clients.map(({ endpoint }) => endpoint);
    const observer = cast.client({ endpoints: far });
    await cast.own(cast.client({ endpoints: near }), 'owner', ttlMs);
    await cast.own(cast.client({ endpoints: far }), 'neighbour', ttlMs);
    for (const endpoints of [near, far]) cast.witness(cast.client({ endpoints }), cast.client({ endpoints }));
    const letGhostDie = await cast.ghost(near, ttlMs);
    await cast.seen(['owner', 'neighbour', 'ghost']);

    letGhostDie();
    await cluster.killLeader();
    const from = performance.now();
    // Nobody can tell what stands while there is no leader, and nobody says that nothing does (D2).
    await expect(observer.list(cast.service)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await cluster.leader();
    const leaderSince = performance.now();
    expect(leaderSince - from).toBeLessThan(ttlMs);
    // An agent hears of the new leader by gossip; a watch is opened again after a pause of up to 0.5 s.
    await cast.seen(['owner', 'neighbour'], quietMs + coarseMs);
    await cast.own(cast.client({ endpoints: near }), 'newcomer', ttlMs);
    await cast.seen(['owner', 'neighbour', 'newcomer']);
    // Each learns of it with its next renewal (L4).
    await cast.assertLaws({ observer, healedWithinMs: ttlMs / 3, leaderSince });
  },
);

test.concurrent(
  'L5, R6, D2, W6: the servers freeze behind agents that go on answering, and nobody takes that for an absence',
  {
    timeout: 60_000,
  },
  async () => {
    const shortTtlMs = 2_000;
    await using cluster = await startConsulCluster(inject('binaries').consul, { servers: 1, clients: 2 });
    await cluster.settled();
    await using cast = new Cast();
    const [near = '', far = ''] = cluster.clients.map(({ endpoint }) => endpoint);
    const observer = cast.client({ endpoints: far });
    const owners = [
      await cast.own(cast.client({ endpoints: near }), 'owner', shortTtlMs),
      await cast.own(cast.client({ endpoints: far }), 'neighbour', shortTtlMs),
    ];
    const witness = cast.witness(cast.client({ endpoints: far }), cast.client({ endpoints: far }));
    const letGhostDie = await cast.ghost(near, shortTtlMs);
    await cast.seen(['owner', 'neighbour', 'ghost']);

    letGhostDie();
    const [server] = cluster.servers;
    const frozenAt = performance.now();
    server?.pause();
    // Whoever has not been answered for T believes in nothing any more, whatever an agent by itself says (L5, L6).
    await poll(() => owners.every(({ registration }) => registration.state === 'lost') || undefined, {
      what: 'the owners know that nobody can vouch for them',
      withinMs: shortTtlMs + quietMs,
    });
    await expect(observer.list(cast.service)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    await poll(() => performance.now() > frozenAt + 3 * shortTtlMs || undefined, { what: '3 × T have passed' });
    server?.resume();
    const resumedAt = performance.now();
    await cluster.leader();
    const leaderSince = performance.now();
    // An attempt that was under way has its bound (E3), and the next one comes after T/3 at most.
    await cast.assertLaws({
      observer,
      healedWithinMs: callMs + shortTtlMs / 3 + quietMs,
      convergedWithinMs: callMs + quietMs,
      leaderSince,
      lost: owners,
    });
    for (const { registration } of owners)
      expect(witness.absencesOf(registration.instance.id, [{ from: resumedAt, to: Infinity }])).toEqual([]);
  },
);
