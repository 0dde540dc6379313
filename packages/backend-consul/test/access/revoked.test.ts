import { RegistryError } from '@rollcall/core';
import { graceMs, idsOf, quietMs, slackMs, Witness } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Cast } from './cast.ts';
import { aloneStage, clientStage, type Guest, rules, Secured, type Stage } from './secured.ts';

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

const agents = [
  { where: 'at a server', open: () => new Secured(alone) },
  { where: 'at a client, which believes in the rights of old', open: () => new Secured(atClient) },
];

const takings = [
  { how: 'unlinked', take: (guest: Guest) => guest.unlink(), give: (guest: Guest) => guest.link() },
  {
    how: 'edited to nothing',
    take: (guest: Guest) => guest.edit(),
    give: (guest: Guest, cast: Cast) => guest.edit(rules.writes(cast), rules.nodes),
  },
  {
    how: 'edited to nodes alone',
    take: (guest: Guest) => guest.edit(rules.nodes),
    give: (guest: Guest, cast: Cast) => guest.edit(rules.writes(cast), rules.nodes),
  },
  {
    how: 'edited to services alone',
    take: (guest: Guest, cast: Cast) => guest.edit(rules.writes(cast)),
    give: (guest: Guest, cast: Cast) => guest.edit(rules.writes(cast), rules.nodes),
  },
];

const refused = { code: 'REGISTRY_FORBIDDEN' };

describe.concurrent.each(agents)('$where', ({ open }) => {
  test.each(takings)('D2, L5, R6, W6, W8: a policy is $how, and given back', { timeout: 40_000 }, async (taking) => {
    await using scene = open();
    const { cast } = scene;
    const observer = scene.observer();
    const kept = await cast.own(scene.observer(), 'kept', ttlMs);
    const guest = await scene.guest(rules.writes(cast), rules.nodes);
    const owner = await cast.own(scene.client(guest.secret), 'owner', ttlMs);
    const reader = scene.client(guest.secret);
    const witness = cast.witness(reader);
    await cast.seen(['kept', 'owner']);
    // Lists all the time. It is no member of the cast, since it may meet refusals.
    await using lister = new Witness(cast.service, scene.client(guest.secret), scene.client(guest.secret));
    await poll(() => lister.sights.some(({ by }) => by === 'list') || undefined, { what: 'it lists' });

    await taking.take(guest, cast);
    await poll(() => lister.listErrors.length > 0 || undefined, { what: 'lists are refused', withinMs: quietMs });
    await expect(reader.list(cast.service)).rejects.toMatchObject(refused);
    await expect(reader.services()).rejects.toMatchObject(refused);
    // No good read yet: it never will come by itself.
    await expect(scene.client(guest.secret).watch(cast.service).next()).rejects.toMatchObject(refused);
    await kept.registration.update({ metadata: { version: '2' } });
    await poll(() => witness.latest?.freshness === 'stale' || undefined, {
      what: 'the reader is told that its set is stale',
      withinMs: quietMs + graceMs,
    });
    expect(idsOf(witness.latest?.instances ?? [])).toEqual(new Set(['kept', 'owner']));
    await poll(() => owner.registration.state === 'lost' || undefined, {
      what: 'the owner is told that the lease is in doubt no more (L5)',
      withinMs: ttlMs + slackMs,
    });
    expect(owner.changes.map(({ to }) => to)).toEqual(['suspect', 'lost']);
    // The end of its time, and no word of an entry that is gone: it could not be read.
    const [doubt, loss] = owner.changes.map(({ cause }) => cause);
    expect(RegistryError.is(doubt, 'LEASE_NOT_FOUND')).toBe(false);
    expect(RegistryError.is(loss) && RegistryError.is(loss.cause) && loss.cause.code).not.toBe('LEASE_NOT_FOUND');
    expect(kept.registration.state).not.toBe('lost');
    expect(interruptions(cast)).toContain('REGISTRY_FORBIDDEN');

    const givenAt = performance.now();
    await taking.give(guest, cast);
    // An attempt that was under way lasts at most T/2; the next one comes within T/3 (R6).
    await poll(() => owner.registration.state === 'active' || undefined, {
      what: 'it is registered again',
      withinMs: ttlMs / 2 + ttlMs / 3 + graceMs,
    });
    await cast.seen(['kept', 'owner']);
    await poll(() => witness.latest?.instances[0]?.metadata['version'] === '2' || undefined, {
      what: 'the update is seen',
      withinMs: quietMs,
    });
    // Whatever was listed meanwhile, a set that lacks somebody was never among it. An owner who has lost the lease may be absent.
    const lapse = [{ from: givenAt, to: performance.now() }];
    for (const reading of [lister, witness]) {
      expect(reading.absencesOf('kept', [])).toEqual([]);
      expect(reading.absencesOf('owner', lapse)).toEqual([]);
    }
    expect(lister.listErrors.filter((error) => !RegistryError.is(error))).toEqual([]);
    expect(witness.watchEnd).toBeUndefined();
    await cast.assertLaws({ observer, lost: [owner] });
  });

  test('D2, W6, W8: a watch of nobody, too, is stale without rights, and shows who has come with them', async () => {
    await using scene = open();
    const { cast } = scene;
    const guest = await scene.guest(rules.reads(cast), rules.nodes);
    const witness = cast.witness(scene.client(guest.secret));
    await poll(() => witness.latest, { what: 'nobody is there', withinMs: quietMs });
    await guest.edit();
    await cast.own(scene.observer(), 'newcomer', ttlMs);
    await poll(() => witness.latest?.freshness === 'stale' || undefined, {
      what: 'the reader is told that its set is stale',
      withinMs: quietMs + graceMs,
    });
    await guest.edit(rules.reads(cast), rules.nodes);
    await cast.seen(['newcomer']);
    expect(witness.snapshots.map(({ freshness, instances }) => [freshness, instances.length])).toEqual([
      ['live', 0],
      ['stale', 0],
      ['live', 1],
    ]);
    await cast.assertLaws({ observer: scene.observer() });
  });
});

test.concurrent(
  'W6, W8: a watch whose token sees fewer nodes than before is stale, and never smaller',
  { timeout: 30_000 },
  async () => {
    await using scene = new Secured(atClient);
    const { cast, agent } = scene;
    const near = await cast.own(scene.observer(), 'near', ttlMs);
    const far = await cast.own(cast.client({ endpoints: scene.server.endpoint, token: scene.master }), 'far', ttlMs);
    const guest = await scene.guest(rules.reads(cast), rules.nodes);
    const witness = cast.witness(scene.client(guest.secret));
    await cast.seen(['near', 'far']);
    await guest.edit(rules.reads(cast), `node "${agent.nodeName}" { policy = "read" }`);
    await near.registration.update({ metadata: { version: '2' } });
    await poll(() => witness.latest?.freshness === 'stale' || undefined, {
      what: 'the reader is told that its set is stale',
      withinMs: quietMs + graceMs,
    });
    // It is opened again every half a second meanwhile.
    await cast.runOut(graceMs);
    expect(witness.latest?.freshness).toBe('stale');
    expect(idsOf(witness.latest?.instances ?? [])).toEqual(new Set(['near', 'far']));
    // Who is gone for good is not missed by anybody.
    await far.registration.close();
    await poll(() => (witness.latest?.freshness === 'live' && witness.latest.instances.length === 1) || undefined, {
      what: 'all that is left may be seen',
      withinMs: quietMs,
    });
    await cast.assertLaws({ observer: scene.observer() });
  },
);

test.concurrent('L3, R2: who leaves without rights is gone once they are given back', { timeout: 30_000 }, async () => {
  await using scene = new Secured(alone);
  const { cast } = scene;
  const guest = await scene.guest(rules.writes(cast), rules.nodes);
  const client = cast.client({ endpoints: scene.agent.endpoint, token: guest.secret, callTimeoutMs: 1_000 });
  const { registration } = await cast.own(client, 'owner', ttlMs);
  await guest.edit();
  await expect(registration.close()).rejects.toMatchObject(refused);
  await guest.edit(rules.writes(cast), rules.nodes);
  await registration.close();
  expect(await scene.observer().list(cast.service)).toEqual([]);
  expect(await scene.admin.health(cast.consulName)).toEqual([]);
});

/** The codes that watches were interrupted for. */
function interruptions(cast: Cast): readonly unknown[] {
  return cast.diagnostics.flatMap((event) =>
    event.type === 'watch-interrupted' && RegistryError.is(event.error) ? [event.error.code] : [],
  );
}
