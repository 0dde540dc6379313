import { inspect } from 'node:util';
import { etcdBackend } from '@rollcall/backend-etcd';
import { createRegistry, type RegistryError, systemClock } from '@rollcall/core';
import { EtcdAdmin, poll, startEtcd } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { Cast } from '../cluster/cast.ts';
import { app, secured } from './secured.ts';

const ttlMs = 2_000;

describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  const binary = inject('binaries')[server];

  test.concurrent('B2: a user with the right password does everything', async () => {
    await using scene = await secured(binary);
    const { cast, endpoints } = scene;
    const client = cast.client({ endpoints, ...app });
    const { registration } = await cast.own(client, 'owner', ttlMs);
    cast.witness(client, client);
    await cast.seen(['owner']);
    await registration.update({ metadata: { version: '2' } });
    expect(await client.services()).toEqual([cast.service]);
    await cast.assertLaws({ observer: cast.client({ endpoints, ...app }) });
  });

  test.concurrent('E2, W8: a wrong password is REGISTRY_FORBIDDEN, and shown by nothing', async () => {
    await using scene = await secured(binary);
    const { cast, endpoints, admin } = scene;
    const password = 'wrong horse battery staple';
    const backend = etcdBackend();
    const config = { endpoints, prefix: cast.prefix, user: app.user, password };
    const driver = backend.open(backend.parse(config), { clock: systemClock });
    await using registry = createRegistry(driver);
    const refusals = await Promise.all(
      [
        registry.list('orders'),
        registry.services(),
        registry.register({ service: 'orders', id: 'a', endpoints: ['http://a.test:80'] }),
        registry.watch('orders').next(),
      ].map((call: Promise<unknown>) =>
        call.then(
          () => expect.unreachable(),
          (error: RegistryError) => error,
        ),
      ),
    );
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ code: 'REGISTRY_FORBIDDEN', retryable: false });
      expect(refusal.message).toMatch(/authentication failed.*Check user and password/);
      expect(refusal.message).toContain(`etcd at ${endpoints}`);
      expect(refusal.cause).toBeInstanceOf(Error);
    }
    for (const thing of [driver, registry, ...refusals, ...refusals.map(({ cause }) => cause)]) {
      const shown = inspect(thing, { depth: Infinity, showHidden: true, getters: true });
      expect(shown).not.toContain(password);
      expect(`${shown}${JSON.stringify(thing)}`).not.toContain(Buffer.from(password).toString('base64'));
    }
    expect(await admin.leases()).toEqual([]);
  });

  test.concurrent('E2: tokens, too, are shown by nothing', async () => {
    await using scene = await secured(binary);
    const { cast, endpoints, admin } = scene;
    const client = cast.client({ endpoints, ...app });
    expect(await client.list(cast.service)).toEqual([]);
    await admin.revokeRole(app.user, 'app');
    const refusal: unknown = await client.list(cast.service).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'REGISTRY_FORBIDDEN' });
    const shown = inspect([client, refusal], { depth: Infinity, showHidden: true, getters: true });
    expect(shown).not.toContain(app.password);
    // A simple token is sixteen letters, a dot and an index.
    expect(shown).not.toMatch(/[A-Za-z]{16}\.\d+/);
  });

  test.concurrent('E1, W8: no credentials at a server that wants them is REGISTRY_FORBIDDEN', async () => {
    await using scene = await secured(binary);
    const { cast, endpoints, admin } = scene;
    const client = cast.client({ endpoints });
    const refused = { code: 'REGISTRY_FORBIDDEN', message: expect.stringContaining('Check user and password') };
    await expect(client.list(cast.service)).rejects.toMatchObject(refused);
    await expect(client.services()).rejects.toMatchObject(refused);
    await expect(client.watch(cast.service).next()).rejects.toMatchObject(refused);
    await expect(cast.own(client, 'owner', ttlMs)).rejects.toMatchObject(refused);
    // The removal of what it may have left has no caller that waits for it (R2).
    await poll(async () => ((await admin.leases()).length === 0 ? true : undefined), {
      what: 'no lease is left',
      withinMs: ttlMs + 1_500,
    });
  });

  test.concurrent('B2, L2, W6: credentials at a server without authentication work, and when it is turned on and off', async () => {
    await using plain = await startEtcd(binary, { args: ['--bcrypt-cost=4'] });
    await using cast = new Cast();
    const admin = new EtcdAdmin(plain.url);
    const client = cast.client({ endpoints: plain.endpoint, ...app });
    await cast.own(client, 'owner', ttlMs);
    cast.witness(client, cast.client({ endpoints: plain.endpoint, ...app }));
    await cast.seen(['owner']);
    await admin.addRole('app', `${cast.prefix}/`, 'readwrite');
    await admin.addUser(app.user, app.password);
    await admin.grantRole(app.user, 'app');
    await admin.enableAuth({ rootPassword: 'root' });
    await cast.own(cast.client({ endpoints: plain.endpoint, ...app }), 'while-on', ttlMs);
    await cast.own(client, 'while-on-too', ttlMs);
    await cast.seen(['owner', 'while-on', 'while-on-too']);
    await renewedOnce(cast);
    await admin.disableAuth();
    await cast.own(client, 'while-off', ttlMs);
    await cast.seen(['owner', 'while-on', 'while-on-too', 'while-off']);
    await renewedOnce(cast);
    await cast.assertLaws({ observer: cast.client({ endpoints: plain.endpoint }) });
  });
});

/** Waits until each owner has renewed after this, and so has met what was changed before. */
async function renewedOnce(cast: Cast): Promise<void> {
  for (const { registration } of cast.owners) {
    const { lease } = registration;
    const expiresAt = performance.now() + lease.remainingMs;
    await poll(() => performance.now() + registration.lease.remainingMs > expiresAt + 1 || undefined, {
      what: 'the lease is renewed',
      withinMs: ttlMs,
    });
  }
}
