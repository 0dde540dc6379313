import { type RegistrationState, RegistryError } from '@rollcall/core';
import { type Held, idsOf, quietMs } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { Scene } from './scene.ts';
import { removeKey, storedRecord, writeAll } from './stored.ts';

const ttlMs = 2_000;

/** The renewal that notices: T/3, give or take 10 % (L4), and an attempt of its that takes its whole bound of T/6. */
const noticedWithinMs = ttlMs * (1.1 / 3 + 1 / 6);

describe.each(['etcd34', 'etcd35'] as const)('%s', (version) => {
  const { url } = inject(version);

  const interventions: readonly (readonly [string, (scene: Scene) => Promise<unknown>])[] = [
    ['deleted', ({ admin, keyOf }) => admin.remove(keyOf('a'))],
    ['overwritten with what is no record', ({ admin, keyOf }) => admin.put(keyOf('a'), 'garbage')],
    [
      'overwritten with what is no record, under its own lease',
      ({ admin, keyOf }) => admin.put(keyOf('a'), 'garbage', { ignoreLease: true }),
    ],
    [
      'overwritten with an older state of its own, under its own lease',
      async ({ admin, keyOf, held }) => {
        const former = (await admin.get(keyOf('a')))?.value ?? '';
        await first(held).registration.update({ metadata: { step: '1' } });
        await admin.put(keyOf('a'), former, { ignoreLease: true });
      },
    ],
    [
      'put under no lease by somebody who copied it',
      async ({ admin, keyOf }) => admin.put(keyOf('a'), (await admin.get(keyOf('a')))?.value ?? ''),
    ],
    [
      'taken with its lease, which was revoked',
      async ({ admin, keyOf }) => admin.revokeLease((await admin.get(keyOf('a')))?.lease ?? ''),
    ],
  ];

  test.concurrent.each(interventions)('L6, R6: an entry that was %s is noticed and healed', async (_, intervene) => {
    await using scene = await Scene.open({ url, ttlMs });
    const from = scene.faultBegins();
    await intervene(scene);
    const intervenedAt = performance.now();
    const { changes, registration } = first(scene.held);
    await poll(() => changes.length >= 2 || undefined, { what: 'the loss is noticed', withinMs: noticedWithinMs });
    expect(statesOf(first(scene.held))).toEqual(['lost', 'active']);
    expect(changes[0]?.cause).toSatisfy((cause) => RegistryError.is(cause, 'LEASE_NOT_FOUND'));
    const healedAt = performance.now();
    await scene.seen(
      (instances) => instances.some((one) => JSON.stringify(one) === JSON.stringify(registration.instance)),
      quietMs,
    );
    // It is under a lease again: what was put under none would stand for ever.
    const { lease } = (await scene.admin.get(scene.keyOf('a'))) ?? {};
    expect(
      BigInt(lease ?? '0')
        .toString(16)
        .padStart(16, '0'),
    ).toBe(registration.lease.id);
    // The store itself had lost it, or held what nobody can read.
    const excuses = [{ from, to: Math.max(healedAt, intervenedAt) + quietMs }];
    for (const other of scene.held.slice(1)) expect(other.changes).toEqual([]);
    await scene.assertLaws({ healedWithinMs: quietMs, excuses });
  });

  test.concurrent.each([{ ignoreLease: true }, { ignoreLease: false }])(
    'R3, L6: an entry that somebody else has overwritten is theirs: %o',
    async (options) => {
      await using scene = await Scene.open({ url, ttlMs });
      scene.faultBegins();
      const { admin, held } = scene;
      const foreign = storedRecord({ ...scene.init('a'), version: '9' });
      await admin.put(scene.keyOf('a'), foreign, options);
      const { registration } = first(held);
      await poll(() => registration.state === 'closed' || undefined, {
        what: 'the owner learns of it',
        withinMs: noticedWithinMs,
      });
      expect((await registration.closed).cause).toMatchObject({ code: 'LEASE_SUPERSEDED' });
      expect((await admin.get(scene.keyOf('a')))?.value).toBe(foreign);
      await registration.close();
      await admin.remove(scene.keyOf('a'));
      await scene.assertLaws({ healedWithinMs: quietMs });
    },
  );

  test.concurrent('D4, D5: what is no entry, whatever its key, is reported once and harms nobody', async () => {
    await using scene = await Scene.open({ url, ttlMs });
    const { service, reader, lister, witness } = scene;
    scene.faultBegins();
    const root = `${scene.prefix}/instances/${service}`;
    const other = storedRecord(scene.init('x'));
    // An id may look like a key: what stands at that key must not be taken for it.
    const lookalike = `${root}/deep/er`;
    scene.held.push(await scene.owner.client.hold(scene.init(lookalike), { ttlMs }));
    await scene.seen((instances) => idsOf(instances).has(lookalike), quietMs);
    const malformed = [
      { key: lookalike, value: other },
      { key: `${root}/`, value: other },
      { key: `${root}/misplaced`, value: other },
      { key: `${root}/%2f`, value: other },
      { key: `${root}/newer`, value: storedRecord(scene.init('newer'), { v: 2 }) },
      { key: `${root}/not-json`, value: '{' },
      { key: `${root}/empty`, value: '' },
      { key: Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe])]), value: other },
      { key: Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfd])]), value: other },
    ];
    const elsewhere = [
      { key: `${scene.prefix}/instances/${service}`, value: other },
      { key: `${scene.prefix}/instances/`, value: other },
      { key: `${scene.prefix}/other`, value: other },
      { key: `${scene.prefix}/instances/no/such/level`, value: other },
    ];
    const readable = [
      { key: `${root}/no-owner`, value: storedRecord(scene.init('no-owner')) },
      { key: `${root}/later`, value: storedRecord(scene.init('later'), { shard: { no: 7 }, owner: 12 }) },
    ];
    await writeAll(url, [...malformed, ...elsewhere, ...readable]);
    await scene.seen((instances) => idsOf(instances).has('no-owner') && idsOf(instances).has('later'), quietMs);
    for (const { client } of [reader, lister]) {
      await poll(() => client.told('malformed-record').length >= malformed.length || undefined, {
        what: 'all are told',
      });
      await client.registry.list(service);
      expect(client.told('malformed-record')).toHaveLength(malformed.length);
    }
    expect(await scene.observer.registry.services()).toEqual([service]);
    await expect(
      scene.owner.client.registry.register(scene.init('no-owner'), { ttlMs, onConflict: 'reject' }),
    ).rejects.toMatchObject({ code: 'INSTANCE_ALREADY_REGISTERED' });
    // What nobody can read is nobody's (R4).
    scene.held.push(await scene.owner.client.hold(scene.init('newer'), { ttlMs, onConflict: 'reject' }));
    await scene.seen((instances) => idsOf(instances).has('newer'), quietMs);
    for (const { key } of malformed) if (key !== `${root}/newer`) await removeKey(url, Buffer.from(key));
    await scene.admin.remove(`${root}/no-owner`);
    await scene.seen((instances) => !idsOf(instances).has('no-owner'), quietMs);
    expect(idsOf(witness.latest?.instances ?? []).has(lookalike)).toBe(true);
    await scene.assertLaws({ healedWithinMs: quietMs });
  });
});

function first(held: readonly Held[]): Held {
  const [one] = held;
  if (one === undefined) throw new Error('Nobody holds anything.');
  return one;
}

function statesOf({ changes }: Held): readonly RegistrationState[] {
  return changes.map(({ to }) => to);
}
