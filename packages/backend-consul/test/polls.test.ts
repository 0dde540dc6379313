import { callMs, graceMs, quietMs, Witness } from '@rollcall/testing-faults';
import { type ConsulServer, poll, startConsul, TcpProxy } from '@rollcall/testing-servers';
import { expect, inject, test } from 'vitest';
import { Cast, lagMs } from './access/cast.ts';
import { allShow, maxPolls, type Place, register, WatchingScene } from './watching-scene.ts';

const binary = inject('binaries').consul;
const shared = placeOf(inject('consul').url);

/** The shortest: polls that nobody waits for any more are soon over. */
const waitMs = 1_000;

const names = Array.from({ length: 20 }, (_, index) => `s${index}`);

test.concurrent(
  'W4: with 20 services and 3 polls, every kind of change reaches every watcher within 1 s, and never are more polls open',
  { timeout: 40_000 },
  async () => {
    await using agent = await settled();
    await using scene = await WatchingScene.open(agent, names);
    const { cast, witnesses } = scene;
    const owners = cast.client({ endpoints: agent.endpoint });
    const shows = (count: number, version?: string): Promise<void> =>
      allShow(witnesses, { count, ...(version !== undefined && { version }) });
    const registrations = await Promise.all(names.map((service) => register(owners, service)));
    await shows(1);
    await Promise.all(registrations.map((registration) => registration.update({ metadata: { version: '2' } })));
    await shows(1, '2');
    await maintenance(agent, 'on');
    await shows(0);
    await maintenance(agent, 'off');
    await shows(1, '2');
    // Who dies: each at an agent's word alone, as nobody tells it.
    await using net = await TcpProxy.start({ host: agent.host, port: agent.port });
    const ttlMs = 2_000;
    const doomed = cast.client({ endpoints: net.endpoint, callTimeoutMs: ttlMs });
    await Promise.all(names.map((service) => register(doomed, service, { id: 'doomed', version: '2', ttlMs })));
    await shows(2, '2');
    net.cut();
    const observer = cast.client({ endpoints: agent.endpoint });
    const listed = async (): Promise<number> =>
      (await Promise.all(names.map((name) => observer.list(name)))).flat().length;
    await poll(async () => (await listed()) === names.length || undefined, {
      what: 'they have run out',
      withinMs: ttlMs + lagMs,
    });
    await shows(1, '2');
    await Promise.all(registrations.map((registration) => registration.close()));
    await shows(0);
    for (const { watchEnd, snapshots } of witnesses) {
      expect(watchEnd).toBeUndefined();
      expect(snapshots.map(({ freshness }) => freshness)).not.toContain('stale');
    }
    expect(scene.polls.most).toBe(maxPolls);
    // But for those who died.
    expect(cast.diagnostics.filter(({ type }) => type.startsWith('watch'))).toEqual([]);
  },
);

test.concurrent('W6: when the poll that many share breaks, they go stale, the others do not, and they come back', async () => {
  await using scene = await WatchingScene.open(shared, names);
  const { cast, forwarder, witnesses } = scene;
  const owners = cast.client({ endpoints: shared.endpoint });
  // Two have polls of their own.
  await poll(() => scene.polls.open.length === maxPolls || undefined, { what: 'the polls are open' });
  const own = witnesses.filter(({ service }) => scene.isPolled(service));
  expect(own).toHaveLength(maxPolls - 1);
  const others = witnesses.filter((witness) => !own.includes(witness));
  forwarder.interfere = scene.polls.counting((exchange) => {
    const { path, forward, answerInPart } = exchange;
    if (!path.startsWith('/v1/health/state/')) return false;
    void forward().then(
      (answer) => answerInPart(answer, 'is reset'),
      () => undefined,
    );
    return true;
  });
  // What is under way is answered whole: this ends it.
  const registrations = await Promise.all(names.map((service) => register(owners, service)));
  await poll(() => others.every(({ latest }) => latest?.freshness === 'stale') || undefined, {
    what: 'they are told that their sets are stale',
    withinMs: quietMs + graceMs,
  });
  for (const witness of own) expect(witness.snapshots.map(({ freshness }) => freshness)).not.toContain('stale');
  forwarder.interfere = scene.polls.counting();
  await allShow(witnesses, { count: 1 });
  await Promise.all(registrations.map((registration) => registration.update({ metadata: { version: '2' } })));
  await allShow(witnesses, { count: 1, version: '2' });
  for (const { watchEnd } of witnesses) expect(watchEnd).toBeUndefined();
  expect(scene.polls.most).toBe(maxPolls);
});

test.concurrent('W9: polls of watchers that are closed go to those who share one, as soon as the agent has let go of them', async () => {
  await using scene = await WatchingScene.open(shared, names, { waitMs });
  const { witnesses, polls } = scene;
  await poll(() => polls.open.length === maxPolls || undefined, { what: 'the polls are open', withinMs: quietMs });
  const polled = (): readonly Witness[] => witnesses.filter(({ service }) => scene.isPolled(service));
  const first = polled();
  expect(first).toHaveLength(maxPolls - 1);
  await Promise.all(first.map((witness) => witness[Symbol.asyncDispose]()));
  await poll(() => polls.open.length === 1 || undefined, { what: 'theirs are closed', withinMs: quietMs });
  await poll(() => polled().length === maxPolls - 1 || undefined, {
    what: 'others have polls of their own',
    // Until the agent has let go.
    withinMs: waitMs + waitMs / 16 + quietMs,
  });
  await Promise.all(witnesses.map((witness) => witness[Symbol.asyncDispose]()));
  await poll(() => polls.open.length === 0 || undefined, { what: 'nobody polls any more', withinMs: quietMs });
  expect(polls.most).toBe(maxPolls);
});

test.concurrent('W10: one poll for each watched service, whatever the number of readers', async () => {
  await using scene = await WatchingScene.open(shared, []);
  const { cast, polls } = scene;
  const services = ['a', 'b'];
  const witnesses = Array.from({ length: 200 }, (_, index) => scene.watch(services[index % 2] ?? 'a'));
  await allShow(witnesses, { count: 0 }, callMs);
  await poll(() => polls.open.length === services.length || undefined, {
    what: 'the polls are open',
    withinMs: quietMs,
  });
  await register(cast.client({ endpoints: shared.endpoint }), 'a');
  await allShow(
    witnesses.filter(({ service }) => service === 'a'),
    { count: 1 },
  );
  expect(polls.most).toBe(services.length);
});

// By itself: it is about what an agent bears, and not about what a machine does.
test(
  "L4, W6: 300 watched services and 50 registrations within an agent's usual limit of connections: no lease is lost, and no watch fails",
  { timeout: 60_000 },
  async () => {
    const ttlMs = 2_000;
    await using agent = await settled();
    await using cast = new Cast();
    const client = cast.client({ endpoints: agent.endpoint });
    const services = Array.from({ length: 300 }, (_, index) => `s${index}`);
    const witnesses = services.map((service) => new Witness(service, client, undefined));
    await allShow(witnesses, { count: 0 }, callMs);
    const owners = await Promise.all(services.slice(0, 50).map((service) => cast.own(client, 'owner', ttlMs, service)));
    await allShow(witnesses.slice(0, 50), { count: 1 });
    // Three times as long as a lease lives.
    await cast.runOut(3 * ttlMs);
    const lost = (): unknown => owners.flatMap(({ changes }) => changes.filter(({ to }) => to === 'lost'));
    expect(lost()).toEqual([]);
    await Promise.all(owners.map(({ registration }) => registration.update({ metadata: { version: '2' } })));
    await allShow(witnesses.slice(0, 50), { count: 1, version: '2' });
    expect(lost()).toEqual([]);
    for (const witness of witnesses) {
      expect(witness.watchEnd).toBeUndefined();
      expect(witness.snapshots.map(({ freshness }) => freshness)).not.toContain('stale');
      expect(witness.absencesOf('owner', [])).toEqual([]);
    }
    expect(cast.diagnostics.filter(({ type }) => type.startsWith('watch'))).toEqual([]);
    await Promise.all(witnesses.map((witness) => witness[Symbol.asyncDispose]()));
  },
);

function placeOf(url: string): Place {
  const { hostname, port, host } = new URL(url);
  return { host: hostname, port: Number(port), endpoint: host };
}

/** With the limits that Consul has by itself. */
async function settled(): Promise<ConsulServer> {
  const agent = await startConsul(binary);
  await agent.settled();
  return agent;
}

/** What an operator does to a node that is to be spared. */
async function maintenance({ url }: ConsulServer, state: 'on' | 'off'): Promise<void> {
  const answer = await fetch(`${url}/v1/agent/maintenance?enable=${state === 'on'}`, { method: 'PUT' });
  expect(answer.status).toBe(200);
}
