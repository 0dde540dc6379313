import { graceMs, idsOf, quietMs } from '@rollcall/testing-faults';
import { poll, TcpProxy } from '@rollcall/testing-servers';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { lagMs } from './cast.ts';
import { aloneStage, rules, Secured, type Stage, tokenFile } from './secured.ts';

const ttlMs = 2_000;
const binary = inject('binaries').consul;

let alone: Stage;

beforeAll(async () => {
  alone = await aloneStage(binary);
});

afterAll(async () => {
  await alone[Symbol.asyncDispose]();
});

test.concurrent.each(['deleted', 'unlinked'] as const)(
  'E2, L4, W6: a token is %s, and the file that has the next one is read without a restart',
  { timeout: 30_000 },
  async (end) => {
    await using scene = new Secured(alone);
    const { cast } = scene;
    const allowed = [rules.writes(cast), rules.nodes];
    const [first, second] = [await scene.guest(...allowed), await scene.guest(...allowed)];
    await using stored = await tokenFile(first.secret);
    const { token, write } = stored;
    const client = scene.client(token);
    const owner = await cast.own(client, 'owner', ttlMs);
    const witness = cast.witness(scene.client(token));
    await cast.seen(['owner']);
    await write(second.secret);
    await (end === 'deleted' ? first.delete() : first.unlink());
    // Who is told 403 reads the file at once; who is shown nothing, before the next call.
    await poll(async () => (await client.list(cast.service)).length === 1 || undefined, {
      what: 'it is listed',
      withinMs: quietMs,
    });
    await cast.own(client, 'newcomer', ttlMs);
    await cast.seen(['owner', 'newcomer'], graceMs + quietMs);
    // Beyond the deadline that it had: renewed by the new token.
    await cast.runOut(ttlMs + lagMs);
    expect(owner.changes.map(({ to }) => to)).not.toContain('lost');
    expect(witness.watchEnd).toBeUndefined();
    await cast.assertLaws({ observer: scene.observer(), healedWithinMs: ttlMs });
  },
);

test.concurrent('E1, E3: a hundred calls meet a token that was replaced, and none is refused', async () => {
  await using scene = new Secured(alone);
  const { cast } = scene;
  const allowed = [rules.reads(cast), rules.nodes];
  const [first, second] = [await scene.guest(...allowed), await scene.guest(...allowed)];
  await using stored = await tokenFile(first.secret);
  const client = scene.client(stored.token);
  await client.list(cast.service);
  await stored.write(second.secret);
  await first.delete();
  const calls = Array.from({ length: 100 }, () => client.list(cast.service));
  expect(await Promise.all(calls)).toEqual(calls.map(() => []));
});

test.concurrent(
  'W6, W8: a token that is deleted with no other in its place is an outage, which the next one ends',
  { timeout: 30_000 },
  async () => {
    await using scene = new Secured(alone);
    const { cast } = scene;
    const allowed = [rules.writes(cast), rules.nodes];
    const first = await scene.guest(...allowed);
    await using stored = await tokenFile(first.secret);
    const { token, write } = stored;
    const client = scene.client(token);
    const owner = await cast.own(client, 'owner', ttlMs);
    const kept = await cast.own(scene.observer(), 'kept', ttlMs);
    const witness = cast.witness(client);
    await cast.seen(['owner', 'kept']);
    await first.delete();
    await expect(client.list(cast.service)).rejects.toMatchObject({ code: 'REGISTRY_FORBIDDEN' });
    await expect(client.services()).rejects.toMatchObject({ code: 'REGISTRY_FORBIDDEN' });
    await kept.registration.update({ metadata: { version: '2' } });
    await poll(() => witness.latest?.freshness === 'stale' || undefined, {
      what: 'the reader is told that its set is stale',
      withinMs: quietMs + graceMs,
    });
    expect(idsOf(witness.latest?.instances ?? [])).toEqual(new Set(['owner', 'kept']));
    await poll(() => owner.registration.state === 'lost' || undefined, {
      what: 'the owner is told that the lease is in doubt no more (L5)',
      withinMs: ttlMs + graceMs,
    });
    await write((await scene.guest(...allowed)).secret);
    await poll(() => owner.registration.state === 'active' || undefined, {
      what: 'it is registered again',
      withinMs: ttlMs / 3 + graceMs,
    });
    await cast.seen(['owner', 'kept']);
    await cast.assertLaws({ observer: scene.observer(), lost: [owner] });
  },
);

test.concurrent('E2: a file that is missing, or empty, is named, and read once it is there', async () => {
  await using scene = new Secured(alone);
  await using stored = await tokenFile('');
  const { token, write } = stored;
  const { cast } = scene;
  const client = scene.client({ file: `${token.file}.later` });
  const unread = {
    code: 'REGISTRY_UNAVAILABLE',
    message: expect.stringContaining(`file:${token.file}.later could not be read`),
  };
  await expect(client.list(cast.service)).rejects.toMatchObject(unread);
  const other = scene.client(token);
  const empty = { code: 'REGISTRY_UNAVAILABLE', message: expect.stringContaining(`file:${token.file} is empty`) };
  await expect(other.list(cast.service)).rejects.toMatchObject(empty);
  await write(scene.master);
  expect(await other.list(cast.service)).toEqual([]);
});

test.concurrent(
  'L3: an entry whose token was replaced meanwhile still runs out when its owner dies',
  { timeout: 30_000 },
  async () => {
    await using scene = new Secured(alone);
    const { cast } = scene;
    const allowed = [rules.writes(cast), rules.nodes];
    const [first, second] = [await scene.guest(...allowed), await scene.guest(...allowed)];
    await using stored = await tokenFile(first.secret);
    const { token, write } = stored;
    const { host, port } = scene.agent;
    await using net = await TcpProxy.start({ host, port });
    const doomed = cast.client({ endpoints: net.endpoint, token, callTimeoutMs: 500 });
    const { registration } = await cast.own(doomed, 'doomed', ttlMs);
    const observer = scene.observer();
    await write(second.secret);
    await first.delete();
    // Renewed by the new token.
    await cast.runOut(registration.lease.remainingMs);
    expect(registration.state).toBe('active');
    net.cut();
    await poll(async () => (await observer.list(cast.service)).length === 0 || undefined, {
      what: 'it is gone by T + Lag',
      withinMs: ttlMs + lagMs,
    });
  },
);
