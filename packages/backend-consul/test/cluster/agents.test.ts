import type { RegistrationState, Registry } from '@rollcall/core';
import { callMs, type Held, idsOf, quietMs, startLagMs } from '@rollcall/testing-faults';
import { type ConsulCluster, type ConsulServer, poll, startConsulCluster } from '@rollcall/testing-servers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { dialMs } from '../faults/consul-registry.ts';
import { Cast } from './cast.ts';

const ttlMs = 2_000;

/** Longer than any restart of an agent that is a client. */
const longTtlMs = 5_000;

/** The renewal that notices: T/3, give or take 10 % (L4), and an attempt of its that takes its whole bound of T/6. */
const noticedWithinMs = ttlMs * (1.1 / 3 + 1 / 6);

/** Registering again: backoff of at most T/3 (R6), behind a dialling that was under way. */
const regainedWithinMs = noticedWithinMs + ttlMs / 3 + dialMs;

/** A server, an agent where nothing ever happens, and one for each test to break. */
let cluster: ConsulCluster;
let server: ConsulServer;
let steady: ConsulServer;
let free: ConsulServer[];

/**
 * 3 s until those who gossip give up an agent that does not answer. On a busy machine a restart takes longer than the second that other clusters
 * give it here, and who is at an agent that its cluster has given up is hidden, whatever its checks say.
 */
const patientGossip = { gossip_lan: { suspicion_mult: 12 } };

beforeAll(async () => {
  cluster = await startConsulCluster(inject('binaries').consul, {
    servers: 1,
    clients: 6,
    httpMaxConns: 0,
    config: patientGossip,
  });
  await cluster.settled();
  const [[first], [other, ...others]] = [cluster.servers, cluster.clients];
  if (first === undefined || other === undefined) throw new Error('An agent is missing.');
  [server, steady, free] = [first, other, [...others]];
}, 60_000);

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

describe.concurrent('the agent that an owner is at', () => {
  test('L2, W6: is killed and comes back with its data within T: nobody is missed', async () => {
    await using stage = await staged(longTtlMs);
    const { cast, agent, owner } = stage;
    await renewed(owner);
    stage.letGhostDie();
    await agent.restart();
    const leaderSince = performance.now();
    await cast.assertLaws({ observer: stage.observer, healedWithinMs: longTtlMs / 3 + quietMs, leaderSince });
  }, 60_000);

  test('L3, L5, R6: is killed and comes back after T: everyone is back, and nobody else was missed', async () => {
    await using stage = await staged(ttlMs);
    const { cast, agent, owner } = stage;
    stage.letGhostDie();
    await agent.kill();
    await reaches(owner, 'lost', ttlMs + quietMs);
    await agent.start();
    const leaderSince = performance.now();
    await reaches(owner, 'active', regainedWithinMs);
    await cast.seen(['owner', 'neighbour']);
    await cast.assertLaws({ observer: stage.observer, leaderSince, lost: [owner] });
  }, 60_000);

  test('L3: dies for good: what it holds goes when the cluster notices, and a newcomer takes its place elsewhere', async () => {
    await using stage = await staged(ttlMs);
    const { cast, agent, owner, observer, elsewhere } = stage;
    await agent.kill();
    await reaches(owner, 'lost', ttlMs + quietMs);
    await poll(async () => (idsOf(await observer.list(cast.service)).has('owner') ? undefined : true), {
      what: 'the cluster notices',
    });
    const newcomer = await cast.own(elsewhere, 'owner', ttlMs);
    await cast.seen(['owner', 'neighbour']);
    await agent.start();
    // Who has lost it finds somebody else's, and does not take it (R6).
    await reaches(owner, 'closed', regainedWithinMs);
    expect((await owner.registration.closed).cause).toMatchObject({ code: 'LEASE_SUPERSEDED' });
    const leaderSince = performance.now();
    expect(idsOf(await observer.list(cast.service))).toContain('owner');
    // The one that the dead agent brings back is older, whatever its check says.
    await poll(() => performance.now() > leaderSince + startLagMs || undefined, { what: 'it has told everything' });
    await cast.assertLaws({ observer, leaderSince, lost: [newcomer] });
  }, 60_000);

  test('L6, R6: comes back without its data, under its identity: its owners register again', async () => {
    await using stage = await staged(ttlMs);
    const { cast, agent, owner } = stage;
    stage.letGhostDie();
    await agent.wipe();
    const leaderSince = performance.now();
    await reaches(owner, 'active', regainedWithinMs);
    await cast.seen(['owner', 'neighbour'], startLagMs + regainedWithinMs);
    // It has not told yet that it knows nothing any more (L3).
    await poll(() => performance.now() > leaderSince + startLagMs || undefined, { what: 'it has told everything' });
    await reaches(owner, 'active', regainedWithinMs);
    await cast.assertLaws({ observer: stage.observer, healedWithinMs: regainedWithinMs, leaderSince, lost: [owner] });
  }, 60_000);

  test('R1, L6, E3: comes back as somebody whom the servers refuse: it says yes to everything, and nobody believes it', async () => {
    await using stage = await staged(ttlMs);
    const { cast, agent, owner, observer, near } = stage;
    await agent.wipe({ newIdentity: true });
    await reaches(owner, 'lost', regainedWithinMs);
    expect(owner.changes.at(-1)?.cause).toMatchObject({ code: 'LEASE_NOT_FOUND' });
    const from = performance.now();
    await expect(
      near.register({ service: 'orders', id: 'late', endpoints: ['http://late.test:80'] }, { ttlMs }),
    ).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    expect(performance.now() - from).toBeLessThan(callMs + quietMs);
    expect(owner.registration.state).toBe('lost');
    // It would not know how to take it back: what the servers have of the former node stays as it was.
    expect([...idsOf(await observer.list(cast.service))]).not.toContain('late');
    // An operator takes the former node away.
    await deregisterNode(server, agent.nodeName);
    await reaches(owner, 'active', callMs + regainedWithinMs);
    await cast.seen(['owner', 'neighbour']);
    await cast.assertLaws({ observer, lost: [owner] });
  }, 60_000);
});

/** An owner and a ghost at one agent, a neighbour and readers at another, and a server behind both. */
interface Stage extends AsyncDisposable {
  readonly cast: Cast;
  /** The owner's, which nobody else's stage is at. */
  readonly agent: ConsulServer;
  readonly owner: Held;
  readonly letGhostDie: () => void;
  /** Clients of the owner's agent, and of the other one. */
  readonly near: Registry;
  readonly elsewhere: Registry;
  readonly observer: Registry;
}

/** Opens a stage, and waits until everyone stands and is seen. */
async function staged(ttlOfAllMs: number): Promise<Stage> {
  const agent = free.pop();
  if (agent === undefined) throw new Error('There is no agent left.');
  const cast = new Cast();
  try {
    const client = ({ endpoint }: ConsulServer): Registry => cast.client({ endpoints: endpoint });
    const [near, elsewhere, observer] = [client(agent), client(steady), client(steady)];
    const letGhostDie = await cast.ghost(agent.endpoint, ttlOfAllMs);
    const owner = await cast.own(near, 'owner', ttlOfAllMs);
    await cast.own(elsewhere, 'neighbour', ttlOfAllMs);
    cast.witness(client(steady), client(steady));
    await cast.seen(['owner', 'neighbour', 'ghost']);
    const dispose = (): Promise<void> => cast[Symbol.asyncDispose]();
    return { cast, agent, owner, letGhostDie, near, elsewhere, observer, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await cast[Symbol.asyncDispose]();
    throw error;
  }
}

async function reaches({ registration }: Held, state: RegistrationState, withinMs: number): Promise<void> {
  await poll(() => registration.state === state || undefined, { what: `the owner is ${state}`, withinMs });
}

/** Waits until an owner has renewed once. */
async function renewed({ registration: { lease } }: Held): Promise<void> {
  const believedUntil = performance.now() + lease.remainingMs;
  await poll(() => performance.now() + lease.remainingMs > believedUntil + 1 || undefined, {
    what: 'the owner has renewed',
    withinMs: lease.ttlMs,
    everyMs: 1,
  });
}

/** An operator takes a node, with all that it had, out of the catalog. */
async function deregisterNode({ url }: ConsulServer, node: string): Promise<void> {
  const answer = await fetch(`${url}/v1/catalog/deregister`, { method: 'PUT', body: JSON.stringify({ Node: node }) });
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
}
