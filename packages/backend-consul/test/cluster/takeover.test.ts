import { setTimeout as sleep } from 'node:timers/promises';
import { type Held, quietMs, type Sight, slackMs } from '@rollcall/testing-faults';
import { type ConsulCluster, poll, startConsulCluster } from '@rollcall/testing-servers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { isRegister } from '../faults/consul-calls.ts';
import { HttpForwarder } from '../faults/http-forwarder.ts';
import { Cast } from './cast.ts';

const ttlMs = 2_000;

/** The renewal that notices: T/3, give or take 10 % (L4), and an attempt of its that takes its whole bound of T/6. */
const noticedWithinMs = ttlMs * (1.1 / 3 + 1 / 6) + slackMs;

let cluster: ConsulCluster;
let near: string;
let far: string;

beforeAll(async () => {
  cluster = await startConsulCluster(inject('binaries').consul, { servers: 1, clients: 2, httpMaxConns: 0 });
  await cluster.settled();
  [near = '', far = ''] = cluster.clients.map(({ endpoint }) => endpoint);
}, 60_000);

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** Which of the two agents a former owner and a newcomer are at. */
const places = [
  { where: 'at one agent', from: () => near, to: () => near },
  { where: 'from one agent to another', from: () => near, to: () => far },
];

describe.each(places)('a takeover $where', ({ from, to }) => {
  test.concurrent('R1, R3, W2: is one update to all readers, and the former owner learns of it', async () => {
    await using cast = new Cast();
    const readers = witnesses(cast);
    const former = await cast.own(cast.client({ endpoints: from() }), 'x', ttlMs);
    await cast.seen(['x']);
    const known = readers.map(({ snapshots }) => snapshots.length);
    const newcomer = await cast.own(cast.client({ endpoints: to() }), 'x', ttlMs);
    await newcomer.registration.update({ version: '2' });
    for (const endpoints of [near, far])
      expect(await cast.client({ endpoints }).list(cast.service)).toEqual([newcomer.registration.instance]);
    await superseded(former);
    expect(former.changes.map(({ to: state }) => state).filter((state) => state !== 'suspect')).toEqual(['closed']);
    await poll(() => readers.every(({ latest }) => latest?.instances[0]?.version === '2') || undefined, {
      what: 'all readers see the newcomer',
      withinMs: quietMs,
    });
    for (const [index, { snapshots }] of readers.entries())
      expect(snapshots.slice(known[index]).every(({ delta }) => delta.added.length + delta.removed.length === 0)).toBe(
        true,
      );
    await cast.assertLaws({ observer: cast.client({ endpoints: far }) });
  });

  test.concurrent('R3, R7: when the newcomer leaves, the one who was superseded does not show again', async () => {
    await using cast = new Cast();
    const readers = witnesses(cast);
    const former = await cast.own(cast.client({ endpoints: from() }), 'x', ttlMs);
    const newcomer = await cast.own(cast.client({ endpoints: to() }), 'x', ttlMs);
    await superseded(former);
    await cast.seen(['x']);
    await newcomer.registration.close();
    for (const endpoints of [near, far]) expect(await cast.client({ endpoints }).list(cast.service)).toEqual([]);
    await poll(() => readers.every(({ latest }) => latest?.instances.length === 0) || undefined, {
      what: 'all readers see that nobody is left',
      withinMs: quietMs,
    });
    await cast.assertLaws({ observer: cast.client({ endpoints: far }) });
  });

  test.concurrent('L6, R3, R6: when the newcomer leaves before the former owner has noticed, that one goes on', async () => {
    await using cast = new Cast();
    // All of this is over before its first renewal.
    const former = await cast.own(cast.client({ endpoints: from() }), 'x', 2 * ttlMs);
    const believedUntil = performance.now() + former.registration.lease.remainingMs;
    const newcomer = await cast.own(cast.client({ endpoints: to() }), 'x', ttlMs);
    await newcomer.registration.close();
    const { lease } = former.registration;
    const isHeld = (): boolean =>
      former.registration.lease !== lease || performance.now() + lease.remainingMs > believedUntil + 1;
    await poll(() => isHeld() || undefined, { what: 'it has renewed', withinMs: 2 * noticedWithinMs });
    expect(former.registration.state).toBe('active');
    await cast.assertLaws({ observer: cast.client({ endpoints: far }), lost: [former] });
  });

  test.concurrent('R5, R8: an update of the former owner that arrives late is seen by nobody', async () => {
    await using cast = new Cast();
    const readers = witnesses(cast);
    const { hostname: host, port } = new URL(`http://${from()}`);
    await using forwarder = await HttpForwarder.start({ host, port: Number(port) });
    const former = await cast.own(cast.client({ endpoints: forwarder.endpoint }), 'x', 10_000);
    await cast.seen(['x']);
    let passOn: (() => Promise<void>) | undefined;
    const held = new Promise<void>((resolve) => {
      forwarder.interfere = (exchange) => {
        if (!isRegister(exchange)) return false;
        passOn = async () => exchange.answer(await exchange.forward());
        resolve();
        return true;
      };
    });
    const updating = former.registration.update({ version: 'late' }).catch((error: unknown) => error);
    await held;
    const newcomer = await cast.own(cast.client({ endpoints: to() }), 'x', ttlMs);
    await passOn?.();
    expect(await updating).toMatchObject({ code: expect.stringMatching(/^LEASE_/) });
    for (const endpoints of [near, far])
      expect(await cast.client({ endpoints }).list(cast.service)).toEqual([newcomer.registration.instance]);
    await newcomer.registration.close();
    // At another agent it may stand for as long as its owner has not noticed (L6).
    for (const endpoints of [near, far])
      for (const { version } of await cast.client({ endpoints }).list(cast.service)) expect(version).not.toBe('late');
    await poll(() => former.registration.state === 'closed' || undefined, {
      what: 'the former owner has learned of it',
      withinMs: noticedWithinMs,
    });
    const versions = readers.flatMap(({ sights }) => sights.flatMap(({ instances }) => instances));
    expect(versions.filter(({ version }) => version === 'late')).toEqual([]);
    await cast.assertLaws({ observer: cast.client({ endpoints: far }) });
  });

  test.concurrent('R7, R8: a close that races a takeover never costs the newcomer its entry', async () => {
    await using cast = new Cast();
    const clients = [cast.client({ endpoints: from() }), cast.client({ endpoints: to() })];
    const observers = [cast.client({ endpoints: near }), cast.client({ endpoints: far })];
    let former = await cast.own(cast.client({ endpoints: from() }), 'x', ttlMs);
    for (let round = 1; round <= 50; round += 1) {
      const client = clients[round % clients.length];
      if (client === undefined) break;
      const registering = cast.own(client, 'x', ttlMs);
      const [newcomer] = await Promise.all([registering, former.registration.close()]);
      for (const observer of observers)
        expect(await observer.list(cast.service)).toEqual([newcomer.registration.instance]);
      former = newcomer;
    }
    await cast.assertLaws({ observer: cast.client({ endpoints: far }) });
  }, 40_000);
});

// Not beside others: what they promise they promise to a machine that has a turn for them every T/6 (L4).
test('R3, R8, W3: takeovers under churn, at one agent and across two, never show an absence nor an older owner', async () => {
  await using cast = new Cast();
  const readers = witnesses(cast);
  const clients = [near, far].map((endpoints) => cast.client({ endpoints }));
  const [here, there] = clients;
  if (here === undefined || there === undefined) throw new Error('There are two agents.');
  const churning = new AbortController();
  const churn = Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      const client = index % 2 === 0 ? here : there;
      while (!churning.signal.aborted) {
        const init = { service: `churn-${index}`, id: 'c', endpoints: ['http://c.test:80'] };
        const one = await client.register(init, { ttlMs: 10_000 });
        await one.update({ version: '2' });
        await sleep(1_000 * Math.random(), undefined, { signal: churning.signal }).catch(() => undefined);
        await one.close();
      }
    }),
  );
  const owners: Held[] = [];
  for (let step = 0; step < 40; step += 1) {
    const client = step < 20 || step % 2 === 0 ? here : there;
    owners.push(await ownStep(cast, client, step));
  }
  churning.abort();
  await churn;
  const last = owners.at(-1);
  for (const former of owners.slice(0, -1)) await superseded(former);
  expect(last?.registration.state).toBe('active');
  for (const { sights } of readers)
    for (const by of ['watch', 'list'] as const) {
      const steps = stepsIn(sights.filter((sight) => sight.by === by));
      expect(steps).toEqual(steps.toSorted((one, other) => one - other));
    }
  await cast.assertLaws({ observer: cast.client({ endpoints: far }) });
}, 40_000);

test.concurrent('R3, R8: of two newcomers at once at two agents one stands, the other learns it, and all readers agree', async () => {
  await using cast = new Cast();
  const readers = witnesses(cast);
  const clients = [near, far].map((endpoints) => cast.client({ endpoints }));
  for (let round = 0; round < 5; round += 1) {
    const rivals = await Promise.all(clients.map((client, index) => ownStep(cast, client, 2 * round + index)));
    await poll(() => rivals.some(({ registration }) => registration.state === 'closed') || undefined, {
      what: 'one of them knows that it has lost',
      withinMs: noticedWithinMs,
    });
    const [standing, ...others] = rivals.filter(({ registration }) => registration.state !== 'closed');
    expect(others).toEqual([]);
    const expected = [standing?.registration.instance];
    for (const client of clients) expect(await client.list(cast.service)).toEqual(expected);
    await poll(
      () => readers.every(({ latest }) => JSON.stringify(latest?.instances) === JSON.stringify(expected)) || undefined,
      { what: 'all readers agree', withinMs: quietMs },
    );
  }
  await cast.assertLaws({ observer: cast.client({ endpoints: far }) });
}, 40_000);

/** Readers at both agents, who watch and list all the time. */
function witnesses(cast: Cast): readonly ReturnType<Cast['witness']>[] {
  return [near, far].map((endpoints) => cast.witness(cast.client({ endpoints }), cast.client({ endpoints })));
}

async function ownStep(cast: Cast, client: ReturnType<Cast['client']>, step: number): Promise<Held> {
  const changes: Held['changes'][number][] = [];
  const init = { service: cast.service, id: 'x', endpoints: ['http://x.test:80'], metadata: { step: `${step}` } };
  const registration = await client.register(init, { ttlMs, onStateChange: (change) => changes.push(change) });
  const held = { registration, changes };
  cast.owners.push(held);
  return held;
}

/** Waits until an owner knows that another one has taken its entry. */
async function superseded({ registration }: Held): Promise<void> {
  await poll(() => registration.state === 'closed' || undefined, {
    what: 'the former owner learns of it',
    withinMs: noticedWithinMs,
  });
  expect((await registration.closed).cause).toMatchObject({ code: 'LEASE_SUPERSEDED' });
}

function stepsIn(sights: readonly Sight[]): readonly number[] {
  return sights.flatMap(({ instances }) => instances.map(({ metadata }) => Number(metadata['step'])));
}
