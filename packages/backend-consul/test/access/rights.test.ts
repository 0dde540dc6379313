import { inspect } from 'node:util';
import type { Registry, RegistryError } from '@rollcall/core';
import { graceMs, idsOf, quietMs } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { HttpForwarder } from '../faults/http-forwarder.ts';
import { Cast, lagMs } from './cast.ts';
import { aloneStage, clientStage, rules, Secured, type Stage } from './secured.ts';

const ttlMs = 2_000;
const binary = inject('binaries').consul;

let alone: Stage;
let atClient: Stage;

beforeAll(async () => {
  [alone, atClient] = await Promise.all([aloneStage(binary), clientStage(binary)]);
});

afterAll(async () => {
  await Promise.all([alone, atClient].map((stage) => stage[Symbol.asyncDispose]()));
});

test.concurrent('D2, E1, E2, W8: no token, and one without rights: everything is REGISTRY_FORBIDDEN, and no token is shown', async () => {
  await using scene = new Secured(alone);
  const { cast } = scene;
  await cast.own(scene.observer(), 'owner', ttlMs);
  const token = (await scene.admin.createToken([])).secret;
  for (const client of [scene.client(), scene.client(token)]) {
    const refusals = await refusalsOf(client, cast);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ code: 'REGISTRY_FORBIDDEN', retryable: false });
      expect(refusal.message).toMatch(/may not read|Permission denied|lacks|missing/i);
      expect(refusal.message).toMatch(/Check the token, and that its policies may read and write the service/);
      expect(refusal.message).toContain(`consul at http://${scene.agent.endpoint}`);
      expect(refusal.cause).toBeInstanceOf(Error);
    }
    const shown = inspect([client, ...refusals], { depth: Infinity, showHidden: true, getters: true });
    expect(`${shown}${JSON.stringify(refusals)}`).not.toContain(token);
  }
  await cast.assertLaws({ observer: scene.observer() });
});

test.concurrent('D2, E1: a token that Consul does not know is REGISTRY_FORBIDDEN, and not shown', async () => {
  await using scene = new Secured(alone);
  const token = 'e0e0e0e0-1234-4321-8888-a0a0a0a0a0a0';
  const client = scene.client(token);
  const refusals = await refusalsOf(client, scene.cast);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ code: 'REGISTRY_FORBIDDEN' });
    expect(refusal.message).toMatch(/ACL not found|Permission denied/);
  }
  expect(inspect([client, refusals], { depth: Infinity, showHidden: true, getters: true })).not.toContain(token);
});

test.concurrent('D2, W1: with rights, and without ACLs, an unknown service is an empty list', async () => {
  await using scene = new Secured(alone);
  await using open = new Cast();
  const guest = await scene.guest(rules.reads(scene.cast), rules.nodes);
  for (const client of [
    scene.client(guest.secret),
    scene.observer(),
    open.client({ endpoints: inject('consul').url }),
    // A token at an agent that has no ACLs changes nothing.
    open.client({ endpoints: inject('consul').url, token: guest.secret }),
  ]) {
    expect(await client.list('unknown')).toEqual([]);
    expect(await client.services()).toEqual([]);
    const watcher = client.watch('unknown');
    expect(await watcher.next()).toMatchObject({ value: { freshness: 'live', instances: [] } });
    await watcher.return();
  }
});

test.concurrent.each([
  {
    what: 'service:read without node:read',
    allowed: (cast: Cast) => [rules.reads(cast)],
    says: /may not read any node/,
  },
  { what: 'node:read without service:read', allowed: () => [rules.nodes], says: /may not read the service/ },
])('D2, W8: $what sees nothing, and says so', async ({ allowed, says }) => {
  await using scene = new Secured(alone);
  const { cast } = scene;
  await cast.own(scene.observer(), 'owner', ttlMs);
  const guest = await scene.guest(...allowed(cast));
  const client = scene.client(guest.secret);
  const refused = { code: 'REGISTRY_FORBIDDEN', message: expect.stringMatching(says) };
  await expect(client.list(cast.service)).rejects.toMatchObject(refused);
  await expect(client.list('never registered')).rejects.toMatchObject(refused);
  await expect(client.services()).rejects.toMatchObject(refused);
  await expect(client.watch(cast.service).next()).rejects.toMatchObject(refused);
  await cast.assertLaws({ observer: scene.observer() });
});

test.concurrent('E1, R2: service:write without node:read cannot register, since nobody could tell it that the entry stands', async () => {
  await using scene = new Secured(alone);
  const { cast, admin } = scene;
  const guest = await scene.guest(rules.writes(cast));
  const refused = { code: 'REGISTRY_FORBIDDEN', message: expect.stringMatching(/may not read any node/) };
  await expect(cast.own(scene.client(guest.secret), 'owner', ttlMs)).rejects.toMatchObject(refused);
  await poll(async () => ((await admin.health(cast.consulName)).length === 0 ? true : undefined), {
    what: 'what it has written is taken back',
    withinMs: ttlMs + lagMs,
  });
});

test.concurrent('E1, R2: who may only read lists and watches, and cannot register', async () => {
  await using scene = new Secured(alone);
  const { cast, admin } = scene;
  await cast.own(scene.observer(), 'owner', ttlMs);
  const guest = await scene.guest(rules.reads(cast), rules.nodes);
  const client = scene.client(guest.secret);
  const witness = cast.witness(client, client);
  await cast.seen(['owner']);
  expect(await client.services()).toEqual([cast.service]);
  const refused = { code: 'REGISTRY_FORBIDDEN', message: expect.stringMatching(/Permission denied/) };
  for (const id of ['intruder', 'owner']) await expect(cast.own(client, id, ttlMs)).rejects.toMatchObject(refused);
  expect(await admin.health(cast.consulName)).toHaveLength(1);
  expect(witness.snapshots).toHaveLength(1);
  await cast.assertLaws({ observer: scene.observer() });
});

test.concurrent('D2: who may read a name that differs by case alone does not take its entries for those of another', async () => {
  await using scene = new Secured(alone);
  const { cast } = scene;
  await cast.own(scene.observer(), 'upper', ttlMs, 'Orders');
  await cast.own(scene.observer(), 'lower', ttlMs, 'orders');
  const guest = await scene.guest(`service "${cast.prefix}Orders" { policy = "read" }`, rules.nodes);
  const client = scene.client(guest.secret);
  expect(idsOf(await client.list('Orders'))).toEqual(new Set(['upper']));
  await expect(client.list('orders')).rejects.toMatchObject({ code: 'REGISTRY_FORBIDDEN' });
  await expect(client.watch('orders').next()).rejects.toMatchObject({ code: 'REGISTRY_FORBIDDEN' });
});

test.concurrent(
  'E1: the least that a provider and a consumer need: its service, and the nodes',
  { timeout: 30_000 },
  async () => {
    await using scene = new Secured(atClient);
    const { cast } = scene;
    const provider = await scene.guest(`service "${cast.consulName}" { policy = "write" }`, rules.nodes);
    const consumer = await scene.guest(`service "${cast.consulName}" { policy = "read" }`, rules.nodes);
    const owner = await cast.own(scene.client(provider.secret), 'owner', ttlMs);
    const reader = scene.client(consumer.secret);
    const witness = cast.witness(reader, reader);
    await cast.seen(['owner']);
    expect(await reader.services()).toEqual([cast.service]);
    await owner.registration.update({ metadata: { version: '2' } });
    await poll(() => witness.latest?.instances[0]?.metadata['version'] === '2' || undefined, {
      what: 'the update is seen',
      withinMs: quietMs,
    });
    // Renewed beyond its first deadline, by the least rights too.
    const { lease } = owner.registration;
    await cast.runOut(lease.ttlMs + lagMs);
    expect(owner.changes).toEqual([]);
    await cast.own(scene.client(provider.secret), 'owner', ttlMs);
    await poll(() => owner.registration.state === 'closed' || undefined, { what: 'it is taken over', withinMs: ttlMs });
    await cast.assertLaws({ observer: scene.observer() });
  },
);

test.concurrent('D2: rights that are given back just after a list was read without them: it is read again', async () => {
  await using scene = new Secured(alone);
  const { cast } = scene;
  await cast.own(scene.observer(), 'owner', ttlMs);
  const guest = await scene.guest();
  await using forwarder = await HttpForwarder.start(scene.agent);
  const client = cast.client({ endpoints: forwarder.endpoint, token: guest.secret });
  let isFirst = true;
  forwarder.interfere = ({ path, forward, answer }) => {
    if (!isFirst || !path.startsWith('/v1/health/service/')) return false;
    isFirst = false;
    void (async () => {
      const empty = await forward();
      await guest.edit(rules.reads(cast), rules.nodes);
      answer(empty);
    })();
    return true;
  };
  expect(idsOf(await client.list(cast.service))).toEqual(new Set(['owner']));
});

test.concurrent('D2, W6, W8: a newer server that says it has left something out is REGISTRY_FORBIDDEN, and later an outage', async () => {
  await using cast = new Cast();
  const { url } = inject('consul');
  const { hostname: host, port } = new URL(url);
  await using forwarder = await HttpForwarder.start({ host, port: Number(port) });
  const direct = cast.client({ endpoints: url });
  const client = cast.client({ endpoints: forwarder.endpoint });
  let filtered = 'nothing';
  // By what it is when the answer comes, so that the poll that is under way is meant too.
  forwarder.interfere = ({ path, forward, answer }) => {
    if (!path.startsWith('/v1/health/')) return false;
    void (async () => {
      const { headers, ...whole } = await forward();
      const isMeant = path.startsWith(filtered);
      answer({ ...whole, headers: { ...headers, ...(isMeant && { 'x-consul-results-filtered-by-acls': 'true' }) } });
    })().catch(() => undefined); // the client has gone
    return true;
  };
  const { registration } = await cast.own(direct, 'owner', ttlMs);
  const witness = cast.witness(client);
  await cast.seen(['owner']);
  filtered = '/v1/health/service/';
  const refused = { code: 'REGISTRY_FORBIDDEN', message: expect.stringMatching(/left out what the token may not see/) };
  await expect(client.list(cast.service)).rejects.toMatchObject(refused);
  await expect(client.watch('another').next()).rejects.toMatchObject(refused);
  await registration.update({ metadata: { version: '2' } });
  await poll(() => witness.latest?.freshness === 'stale' || undefined, {
    what: 'the watch says that its set is stale',
    withinMs: quietMs + graceMs,
  });
  expect(idsOf(witness.latest?.instances ?? [])).toEqual(new Set(['owner']));
  // Of all services at once a token may see those of its own alone.
  filtered = '/v1/health/state/';
  expect(await client.services()).toEqual([cast.service]);
  await cast.seen(['owner']);
  expect(witness.latest?.delta.updated.map(({ id }) => id)).toEqual(['owner']);
  await cast.assertLaws({ observer: cast.client({ endpoints: url }) });
});

/** What each call is refused with. */
function refusalsOf(client: Registry, cast: Cast): Promise<readonly RegistryError[]> {
  return Promise.all(
    [
      client.list(cast.service),
      client.list('never registered'),
      client.services(),
      client.register({ service: cast.service, id: 'intruder', endpoints: ['http://a.test:80'] }, { ttlMs }),
      client.watch(cast.service).next(),
    ].map((call: Promise<unknown>) =>
      call.then(
        () => expect.unreachable(),
        (error: RegistryError) => error,
      ),
    ),
  );
}
