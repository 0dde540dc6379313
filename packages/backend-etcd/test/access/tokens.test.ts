import { graceMs } from '@rollcall/testing-faults';
import { poll } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { app, jwtKeys, type Secured, secured } from './secured.ts';

const ttlMs = 2_000;

/** Tokens of the least age that etcd can give them and a test can wait for. */
const tokenSeconds = 2;

const kinds = ['simple', 'jwt'] as const;

describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  const binary = inject('binaries')[server];

  test.concurrent.each(kinds)(
    'L2, L4, W6: %s tokens run out, and renewals, lists and watches go on',
    { timeout: 40_000 },
    async (kind) => {
      await using keys = await jwtKeys(tokenSeconds);
      // A simple token lives on for as long as it is used: only what rests for longer meets its end.
      const arg = kind === 'jwt' ? keys.arg : `--auth-token-ttl=${tokenSeconds}`;
      await using scene = await secured(binary, { args: [arg] });
      const { cast, endpoints } = scene;
      const client = (): ReturnType<typeof cast.client> => cast.client({ endpoints, ...app });
      const busy = client();
      const idle = client();
      await cast.own(busy, 'owner', ttlMs);
      const slow = await cast.own(client(), 'slow', 30_000);
      cast.witness(busy, busy);
      const resting = cast.witness(idle);
      await cast.seen(['owner', 'slow']);
      await cast.runOut(3 * tokenSeconds * 1_000);
      // On streams and connections that were opened with a token of long ago.
      await cast.own(idle, 'newcomer', ttlMs);
      await slow.registration.update({ metadata: { version: '2' } });
      const late = cast.witness(busy);
      const other = idle.watch('another service');
      expect(await other.next()).toMatchObject({ value: { freshness: 'live', instances: [] } });
      const registered = other.next();
      const { registration } = await cast.own(idle, 'elsewhere', ttlMs, 'another service');
      expect(await registered).toMatchObject({ value: { instances: [{ id: 'elsewhere' }] } });
      await other.return();
      await registration.close();
      await cast.seen(['owner', 'slow', 'newcomer']);
      for (const witness of [resting, late])
        expect(witness.snapshots.map(({ freshness }) => freshness)).not.toContain('stale');
      expect(cast.diagnostics).toEqual([]);
      await cast.assertLaws({ observer: client() });
    },
  );

  test.concurrent.each(kinds)(
    'E1, E3: a hundred calls meet a %s token that has run out, and none is refused',
    { timeout: 40_000 },
    async (kind) => {
      await using keys = await jwtKeys(tokenSeconds);
      const arg = kind === 'jwt' ? keys.arg : `--auth-token-ttl=${tokenSeconds}`;
      // As slow as it is unless it is told otherwise: one login takes longer than a call.
      await using scene = await secured(binary, { args: [arg, '--bcrypt-cost=10'] });
      const { cast, endpoints } = scene;
      const client = cast.client({ endpoints, ...app });
      await client.list(cast.service);
      await cast.runOut(tokenSeconds * 1_000 + 1_500);
      const logins = await loginsAt(scene);
      const calls = Array.from({ length: 100 }, async (_, index) => {
        // While the others wait for the new token, too.
        if (index >= 50) await cast.runOut(index - 50);
        return client.list(cast.service);
      });
      expect(await Promise.all(calls)).toEqual(calls.map(() => []));
      expect((await loginsAt(scene)) - logins).toBe(1);
    },
  );

  test.concurrent('L2, W6: a server that is restarted knows no token any more, and everybody goes on', async () => {
    await using scene = await secured(binary);
    const { cast, endpoints } = scene;
    const client = cast.client({ endpoints, ...app });
    await cast.own(client, 'owner', ttlMs);
    const witness = cast.witness(client, cast.client({ endpoints, ...app }));
    cast.witness(cast.client({ endpoints, ...app }));
    await cast.seen(['owner']);
    await scene.server.restart();
    await cast.own(client, 'newcomer', ttlMs);
    await cast.seen(['owner', 'newcomer'], graceMs + 1_000);
    expect(witness.oddErrors).toEqual([]);
    await cast.assertLaws({ observer: cast.client({ endpoints, ...app }), healedWithinMs: ttlMs });
  });

  test.concurrent('W6, L2: the password is changed, at the server and where it is read from, and who is logged in goes on', async () => {
    await using scene = await secured(binary);
    const { cast, endpoints, admin } = scene;
    const variable = `ROLLCALL_TEST_${cast.prefix.replaceAll(/\W/g, '_')}`;
    process.env[variable] = app.password;
    const client = cast.client({ endpoints, user: app.user, password: { env: variable } });
    const owner = await cast.own(client, 'owner', ttlMs);
    cast.witness(client);
    await cast.seen(['owner']);
    process.env[variable] = 'another';
    // It takes from the user all tokens.
    await admin.changePassword(app.user, 'another');
    const observer = cast.client({ endpoints, user: app.user, password: { env: variable } });
    await poll(async () => ((await observer.list(cast.service)).length === 1 ? true : undefined), {
      what: 'it is listed',
      withinMs: 1_000,
    });
    await cast.own(client, 'newcomer', ttlMs);
    await cast.seen(['owner', 'newcomer'], graceMs + 1_000);
    expect(owner.changes.map(({ to }) => to)).not.toContain('lost');
    await cast.assertLaws({ observer, healedWithinMs: ttlMs });
    delete process.env[variable];
  });
});

/** How often the server has checked a password that was right. */
async function loginsAt({ server }: Secured): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const count = /^grpc_server_handled_total\{grpc_code="OK",grpc_method="Authenticate",.*\} (\d+)$/m.exec(metrics)?.[1];
  return Number(count ?? 0);
}
