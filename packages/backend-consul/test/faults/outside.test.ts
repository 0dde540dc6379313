import { type RegistrationStateChange, RegistryError } from '@rollcall/core';
import { type Held, idsOf, quietMs, slackMs } from '@rollcall/testing-faults';
import { poll, startConsul } from '@rollcall/testing-servers';
import { expect, inject, test } from 'vitest';
import { Scene } from './scene.ts';

const { url } = inject('consul');
const ttlMs = 2_000;

/** The renewal that notices: T/3, give or take 10 % (L4), and an attempt of its that takes its whole bound of T/6. */
const noticedWithinMs = ttlMs * (1.1 / 3 + 1 / 6);

const interventions: readonly (readonly [string, (scene: Scene) => Promise<unknown>])[] = [
  ['deregistered at its agent', async (scene) => scene.admin.deregister((await scene.entryOf('a')).serviceId)],
  [
    'deregistered in the catalog, behind the back of its agent',
    async (scene) => {
      const { node, serviceId } = await scene.entryOf('a');
      await scene.admin.deregisterFromCatalog(node, serviceId);
    },
  ],
  ['robbed of its check', async (scene) => scene.admin.removeCheck(await checkOf(scene, 'a'))],
  ['put into maintenance', async (scene) => maintain(scene, 'service', (await scene.entryOf('a')).serviceId)],
  [
    'registered again with what is no record',
    async (scene) => {
      const { serviceId, meta } = await scene.entryOf('a');
      await scene.admin.register({ ID: serviceId, Name: scene.consulName, Meta: { ...meta, epoch: 'x' } });
    },
  ],
  [
    'registered again with an unreadable field',
    async (scene) => {
      const { serviceId, meta } = await scene.entryOf('a');
      await scene.admin.register({ ID: serviceId, Name: scene.consulName, Meta: { ...meta, status: 'nonsense' } });
    },
  ],
  [
    'registered again with other metadata',
    async (scene) => {
      const { serviceId, meta } = await scene.entryOf('a');
      await scene.admin.register({ ID: serviceId, Name: scene.consulName, Meta: { ...meta, 'meta-team': 'x' } });
    },
  ],
  [
    'registered again as somebody else’s',
    async (scene) => {
      const { serviceId } = await scene.entryOf('a');
      await scene.admin.register({ ID: serviceId, Name: scene.consulName, Meta: { team: 'x' } });
    },
  ],
];

test.concurrent.each(interventions)('L6, R6: an entry that was %s is noticed and healed', async (_, intervene) => {
  await using scene = await Scene.open({ url, ttlMs });
  const from = scene.faultBegins();
  await intervene(scene);
  const held = first(scene.held);
  const { changes, registration } = held;
  await poll(() => changes.some(({ from: state }) => state === 'lost') || undefined, {
    what: 'the loss is noticed, and healed',
    withinMs: noticedWithinMs + slackMs,
  });
  expect(lossesOf(held)).toHaveLength(1);
  expect(registration.state).toBe('active');
  expect(lossesOf(held)[0]?.cause).toSatisfy((cause) => RegistryError.is(cause, 'LEASE_NOT_FOUND'));
  const healedAt = performance.now();
  await scene.seen((instances) => idsOf(instances).has('a'), quietMs);
  // It is under a lease again, and nothing that was made of it stands for ever.
  const entries = await scene.entriesOf('a');
  expect(entries.filter(({ serviceId }) => serviceId.endsWith(registration.lease.id))).toHaveLength(1);
  for (const { checks } of entries) expect(checks.some(({ id }) => id.startsWith('rollcall~'))).toBe(true);
  const excuses = [{ from, to: healedAt + quietMs }];
  for (const other of scene.held.slice(1)) expect(lossesOf(other)).toEqual([]);
  await scene.assertLaws({ healedWithinMs: quietMs, excuses });
});

test.concurrent('L6: an entry whose check was made critical is shown again with the next renewal, under its lease', async () => {
  await using scene = await Scene.open({ url, ttlMs });
  const from = scene.faultBegins();
  const { registration } = first(scene.held);
  const { lease } = registration;
  await scene.admin.failCheck(await checkOf(scene, 'a'));
  await scene.seen((instances) => !idsOf(instances).has('a'), quietMs);
  await scene.seen((instances) => idsOf(instances).has('a'), noticedWithinMs + quietMs);
  const excuses = [{ from, to: performance.now() }];
  expect(registration.lease).toBe(lease);
  await scene.assertLaws({ healedWithinMs: quietMs, excuses });
});

test.concurrent('L3: an entry whose check was removed goes with its owner', async () => {
  await using scene = await Scene.open({ url, ttlMs });
  await scene.admin.removeCheck(await checkOf(scene, 'ghost'));
  scene.faultBegins();
  await scene.assertLaws({ healedWithinMs: quietMs });
});

test.concurrent('L2, L6, R6: a node that is put into maintenance takes its entries with it, and gives them back', async () => {
  await using server = await startConsul(inject('binaries').consul);
  await server.settled();
  await using scene = await Scene.open({ url: server.url, ttlMs });
  const from = scene.faultBegins();
  await maintain(scene, 'agent');
  await scene.seen((instances) => instances.length === 0, quietMs);
  // An entry that nobody sees is not held (L6).
  await poll(() => scene.held.every(({ registration }) => registration.state === 'lost') || undefined, {
    what: 'the owners know',
    withinMs: noticedWithinMs + slackMs,
  });
  await expect(scene.observer.hold(scene.init('newcomer'), { ttlMs })).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
  });
  await maintain(scene, 'agent', undefined, false);
  // An attempt that began before the end of it waits in vain for its bound (E3), then core tries again.
  const healedWithinMs = scene.owner.client.callTimeoutMs + ttlMs / 3 + quietMs;
  const excuses = [{ from, to: performance.now() + healedWithinMs }];
  await scene.assertLaws({ healedWithinMs, excuses });
}, 40_000);

test.concurrent('I1, D4, D5: what others keep under the same name, or under a like one, is left out and harms nobody', async () => {
  await using scene = await Scene.open({ url, ttlMs });
  const { service, admin, consulName, reader, lister } = scene;
  scene.faultBegins();
  const others = [
    { ID: `${consulName}-web`, Name: consulName, Port: 80 },
    { ID: `${consulName}-meta`, Name: consulName, Port: 80, Meta: { id: 'a', owner: 'x', epoch: '99' } },
    { ID: `${consulName}-critical`, Name: consulName, Check: { TTL: '60s', Status: 'critical' } },
    { ID: `${consulName}-upper`, Name: consulName.toUpperCase(), Port: 80 },
  ];
  for (const other of others) await admin.register(other);
  // A neighbour by case alone, of our own making.
  const neighbour = await scene.observer.hold(scene.init('neighbour', 'Orders'), { ttlMs });
  scene.held.push(await scene.owner.client.hold(scene.init('later'), { ttlMs }));
  await scene.seen((instances) => idsOf(instances).has('later'), quietMs);
  expect([...idsOf(scene.witness.latest?.instances ?? [])].filter((id) => id !== 'ghost')).toEqual([
    'a',
    'b',
    'c',
    'later',
  ]);
  expect(idsOf(await lister.client.registry.list('Orders'))).toEqual(new Set(['neighbour']));
  expect(await lister.client.registry.services()).toEqual(['Orders', service]);
  for (const { client } of [reader, lister]) expect(client.diagnostics).toEqual([]);
  await neighbour.registration.close();
  await scene.assertLaws({ healedWithinMs: quietMs });
  for (const { ID } of others) await admin.deregister(ID);
});

test.concurrent('D5: a record of ours that cannot be read is reported once, to each reader, and harms nobody', async () => {
  await using scene = await Scene.open({ url, ttlMs });
  const { service, admin, consulName: Name, reader, lister } = scene;
  scene.faultBegins();
  const good = (await scene.entryOf('b')).meta;
  const broken = [
    { id: 'x1', Meta: { ...good, id: 'x1', status: 'nonsense' } },
    { id: 'x2', Meta: { ...good, id: 'x2', epoch: 'soon' } },
    { id: 'x3', Meta: { ...good, id: 'other' } },
    { id: 'x4', Meta: { ...good, id: 'x4', rollcall: '2' } },
    { id: 'x5', Meta: { ...good, id: 'x5', 'rest-0': '{' } },
    { id: 'x6', Meta: { rollcall: '1' } },
  ];
  for (const { id, Meta } of broken) {
    // An agent's IDs are everybody's.
    const token = `${scene.prefix.replace('-', '')}${id}`;
    const Check = { CheckID: `rollcall~${token}`, TTL: '60s', Status: 'passing' };
    await admin.register({ ID: `${id}~${token}`, Name, Meta, Check });
  }
  scene.held.push(await scene.owner.client.hold(scene.init('later'), { ttlMs }));
  await scene.seen((instances) => idsOf(instances).has('later'), quietMs);
  for (const { client } of [reader, lister]) {
    await poll(() => client.told('malformed-record').length >= broken.length || undefined, { what: 'all are told' });
    await client.registry.list(service);
    expect(client.told('malformed-record')).toHaveLength(broken.length);
  }
  expect(await scene.observer.registry.services()).toEqual([service]);
  // What nobody can read is nobody's.
  scene.held.push(await scene.owner.client.hold(scene.init('x1'), { ttlMs }));
  await scene.seen((instances) => idsOf(instances).has('x1'), quietMs);
  await scene.assertLaws({ healedWithinMs: quietMs });
});

/** What `a` is watched by, and nobody else's. */
async function checkOf(scene: Scene, id: string): Promise<string> {
  const own = (await scene.entryOf(id)).checks.find((check) => check.id.startsWith('rollcall~'));
  if (own === undefined) throw new Error(`${id} has no check.`);
  return own.id;
}

async function maintain({ url: agent }: Scene, what: 'service' | 'agent', id?: string, isOn = true): Promise<void> {
  const path = what === 'agent' ? 'agent/maintenance' : `agent/service/maintenance/${id}`;
  const answer = await fetch(`${agent}/v1/${path}?enable=${isOn}`, { method: 'PUT' });
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
}

function first(held: readonly Held[]): Held {
  const [one] = held;
  if (one === undefined) throw new Error('Nobody holds anything.');
  return one;
}

function lossesOf({ changes }: Held): readonly RegistrationStateChange[] {
  return changes.filter(({ to }) => to === 'lost');
}
