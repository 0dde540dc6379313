import { RegistryError } from '@rollcall/core';
import { graceMs } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { lagMs } from '../faults/scene.ts';
import { app, jwtKeys, secured } from './secured.ts';

const ttlMs = 2_000;

const refused = {
  code: 'REGISTRY_FORBIDDEN',
  message: expect.stringMatching(/permission denied.*the role may read and write the key prefix/),
};

describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  const binary = inject('binaries')[server];

  test.concurrent.each(['simple', 'jwt'] as const)(
    'R6, W8, D2: rights are revoked and given back (%s tokens)',
    { timeout: 40_000 },
    async (kind) => {
      await using keys = await jwtKeys(60);
      await using scene = await secured(binary, { args: kind === 'jwt' ? [keys.arg] : [] });
      const { cast, endpoints, admin } = scene;
      const other = { user: 'other', password: 'other' };
      await admin.addUser(other.user, other.password);
      await admin.grantRole(other.user, 'app');
      const observer = cast.client({ endpoints, ...other });
      const kept = await cast.own(cast.client({ endpoints, ...other }), 'kept', ttlMs);
      const client = cast.client({ endpoints, ...app });
      const owner = await cast.own(client, 'owner', ttlMs);
      const reader = cast.client({ endpoints, ...app });
      const witness = cast.witness(reader);
      await cast.seen(['kept', 'owner']);

      await admin.revokeRole(app.user, 'app');
      const revokedAt = performance.now();
      await expect(reader.list(cast.service)).rejects.toMatchObject(refused);
      await expect(reader.services()).rejects.toMatchObject(refused);
      // No good read yet: it never will come by itself.
      await expect(
        cast
          .client({ endpoints, ...app })
          .watch(cast.service)
          .next(),
      ).rejects.toMatchObject(refused);
      await expect(reader.watch('never read before').next()).rejects.toMatchObject(refused);
      await poll(() => owner.registration.state === 'lost' || undefined, {
        what: 'the owner is told that the lease is in doubt no more (L5)',
        withinMs: ttlMs + graceMs,
      });
      expect(owner.changes.map(({ to }) => to)).toEqual(['suspect', 'lost']);
      const isGone = async (): Promise<true | undefined> =>
        (await observer.list(cast.service)).some(({ id }) => id === 'owner') ? undefined : true;
      // Its last renewal may have arrived as late as it was lost.
      await poll(isGone, {
        what: 'the entry has run out (L3)',
        withinMs: revokedAt + 2 * ttlMs + lagMs - performance.now(),
      });
      expect(owner.registration.state).toBe('lost');
      expect(kept.registration.state).toBe('active');

      await admin.grantRole(app.user, 'app');
      // The next attempt comes within T/3 (R6), and a watch that was an outage is opened again within half a second (W4).
      await poll(() => owner.registration.state === 'active' || undefined, {
        what: 'it is registered again',
        withinMs: ttlMs / 3 + graceMs,
      });
      await cast.seen(['kept', 'owner']);
      expect(witness.watchEnd).toBeUndefined();
      expect(await reader.list(cast.service)).toHaveLength(2);
      await cast.assertLaws({ observer, lost: [owner] });
    },
  );

  test.concurrent(
    'W8: a watch that has to be opened again without rights is stale, and comes back with them',
    { timeout: 40_000 },
    async () => {
      await using scene = await secured(binary);
      const { cast, endpoints, admin } = scene;
      const other = { user: 'other', password: 'other' };
      await admin.addUser(other.user, other.password);
      await admin.grantRole(other.user, 'app');
      await cast.own(cast.client({ endpoints, ...other }), 'owner', ttlMs);
      const witness = cast.witness(cast.client({ endpoints, ...app }));
      await cast.seen(['owner']);
      await admin.revokeRole(app.user, 'app');
      await scene.server.restart();
      await poll(() => witness.latest?.freshness === 'stale' || undefined, {
        what: 'the reader is told that its set is stale',
        withinMs: 2 * graceMs,
      });
      expect(witness.latest?.instances.map(({ id }) => id)).toEqual(['owner']);
      await poll(
        () =>
          cast.diagnostics.some(
            (event) => event.type === 'watch-interrupted' && RegistryError.is(event.error, 'REGISTRY_FORBIDDEN'),
          ) || undefined,
        {
          what: 'the reason is told',
          withinMs: graceMs,
        },
      );
      const leaving = await cast.own(cast.client({ endpoints, ...other }), 'newcomer', ttlMs);
      await admin.grantRole(app.user, 'app');
      await cast.seen(['owner', 'newcomer']);
      expect(witness.watchEnd).toBeUndefined();
      expect(leaving.registration.state).toBe('active');
      await cast.assertLaws({ observer: cast.client({ endpoints, ...app }), healedWithinMs: ttlMs });
    },
  );

  test.concurrent('E1, R2: who may only read lists and watches, and cannot register', async () => {
    await using scene = await secured(binary);
    const { cast, endpoints, admin } = scene;
    const guest = { user: 'guest', password: 'guest' };
    await admin.addRole('guest', `${cast.prefix}/`, 'read');
    await admin.addUser(guest.user, guest.password);
    await admin.grantRole(guest.user, 'guest');
    await cast.own(cast.client({ endpoints, ...app }), 'owner', ttlMs);
    const client = cast.client({ endpoints, ...guest });
    const witness = cast.witness(client, client);
    await cast.seen(['owner']);
    expect(await client.services()).toEqual([cast.service]);
    const leases = await admin.leases();
    for (const id of ['intruder', 'owner']) await expect(cast.own(client, id, ttlMs)).rejects.toMatchObject(refused);
    await poll(async () => ((await admin.leases()).length === leases.length ? true : undefined), {
      what: 'their leases are revoked (R2)',
      withinMs: ttlMs + lagMs,
    });
    expect(await client.list(cast.service)).toHaveLength(1);
    expect(witness.snapshots).toHaveLength(1);
    await cast.assertLaws({ observer: cast.client({ endpoints, ...app }) });
  });

  test.concurrent('E1, W8: who has rights to another prefix only has none here', async () => {
    await using scene = await secured(binary);
    const { cast, endpoints, admin } = scene;
    const guest = { user: 'guest', password: 'guest' };
    await admin.addRole('guest', `${cast.prefix}-elsewhere/`, 'readwrite');
    await admin.addUser(guest.user, guest.password);
    await admin.grantRole(guest.user, 'guest');
    const client = cast.client({ endpoints, ...guest });
    await expect(client.list(cast.service)).rejects.toMatchObject(refused);
    await expect(client.services()).rejects.toMatchObject(refused);
    await expect(client.watch(cast.service).next()).rejects.toMatchObject(refused);
    await expect(cast.own(client, 'owner', ttlMs)).rejects.toMatchObject(refused);
    await poll(async () => ((await admin.leases()).length === 0 ? true : undefined), {
      what: 'no lease is left (R2)',
      withinMs: ttlMs + lagMs,
    });
    expect(await admin.getPrefix(cast.prefix)).toEqual([]);
  });
});
