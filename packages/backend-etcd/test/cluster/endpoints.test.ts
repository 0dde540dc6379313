import { callMs, quietMs, silenceMs } from '@rollcall/testing-faults';
import { freePort, poll, startEtcd, startEtcdCluster, TcpProxy } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { beginningWith, Cast } from './cast.ts';

const ttlMs = 2_000;

describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  const binary = inject('binaries')[server];
  const { host: shared, hostname, port } = new URL(inject(server).url);

  test.concurrent('E3: endpoints that refuse or swallow everything come first, and each call is answered', async () => {
    await using cast = new Cast();
    await using hole = await TcpProxy.start({ host: hostname, port: Number(port) });
    await using mute = await TcpProxy.start({ host: hostname, port: Number(port) });
    await using slammed = await TcpProxy.start({ host: hostname, port: Number(port) });
    hole.blackHole();
    mute.pause('down');
    slammed.cut();
    const nobody = `127.0.0.1:${await freePort()}`;
    // Nothing on the way answers for an address of documentation (RFC 5737), and no resolver knows a name under `.invalid`.
    const dead = [nobody, hole.endpoint, slammed.endpoint, mute.endpoint, '192.0.2.1:2379', 'etcd.invalid:2379'];
    const observer = cast.client({ endpoints: shared });
    const from = performance.now();
    const client = cast.client({ endpoints: [...dead, shared] });
    expect(await client.list(cast.service)).toEqual([]);
    expect(performance.now() - from).toBeLessThan(callMs);
    await cast.own(client, 'owner', ttlMs);
    cast.witness(cast.client({ endpoints: [...dead, shared] }), client);
    await cast.seen(['owner'], callMs);
    await cast.assertLaws({ observer });
  });

  test.concurrent('E3, D2: where no endpoint answers, each call rejects in time and says what was tried', async () => {
    await using cast = new Cast();
    await using hole = await TcpProxy.start({ host: hostname, port: Number(port) });
    hole.blackHole();
    const nobody = `127.0.0.1:${await freePort()}`;
    const client = cast.client({ endpoints: [hole.endpoint, nobody], callTimeoutMs: 3_000 });
    const from = performance.now();
    const message = new RegExp(`no member could be reached.*${nobody}: .*ECONNREFUSED`, 's');
    await Promise.all([
      expect(client.list(cast.service)).rejects.toMatchObject({
        code: 'REGISTRY_UNAVAILABLE',
        message: expect.stringMatching(message),
      }),
      expect(client.services()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' }),
      expect(cast.own(client, 'owner', ttlMs)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' }),
    ]);
    expect(performance.now() - from).toBeLessThan(3_500);
  });

  test.concurrent('L2, W6: an endpoint that falls silent is left for one that answers, past others that do not', async () => {
    await using cast = new Cast();
    const target = { host: hostname, port: Number(port) };
    await using first = await TcpProxy.start(target);
    await using second = await TcpProxy.start(target);
    const observer = cast.client({ endpoints: shared });
    const client = cast.client({ endpoints: [first.endpoint, second.endpoint, shared] });
    await cast.own(client, 'owner', ttlMs);
    cast.witness(client, cast.client({ endpoints: shared }));
    await cast.seen(['owner']);
    second.blackHole();
    first.blackHole();
    await cast.own(cast.client({ endpoints: shared }), 'newcomer', ttlMs);
    // The next renewal finds out, at the latest T/3 and a tenth from now, and T/6 later; then come two dials and the resync.
    await cast.seen(['owner', 'newcomer'], ttlMs * (0.37 + 1 / 6 + 1 / 12) + 500 + quietMs);
    await cast.assertLaws({ observer });
  });

  test.concurrent.each(['localhost', '127.0.0.1'])('B2, E3: an endpoint may name its host: %s', async (host) => {
    await using cast = new Cast();
    const observer = cast.client({ endpoints: shared });
    await cast.own(cast.client({ endpoints: `${host}:${port}` }), 'owner', ttlMs);
    cast.witness(cast.client({ endpoints: `http://${host}:${port}` }));
    await cast.seen(['owner']);
    await cast.assertLaws({ observer });
  });

  test.concurrent('I3, E2: a server on IPv6 is reached by an endpoint in brackets', async () => {
    await using one = await startEtcd(binary, { host: '::1' });
    await using cast = new Cast();
    const endpoints = `[::1]:${one.port}`;
    const observer = cast.client({ endpoints });
    await cast.own(cast.client({ endpoints: [endpoints] }), 'owner', ttlMs);
    cast.witness(cast.client({ endpoints: `http://${endpoints}` }));
    await cast.seen(['owner']);
    await cast.assertLaws({ observer });
    await one.kill();
    await expect(observer.list(cast.service)).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringContaining(`etcd at ${endpoints}`),
    });
  });

  test.concurrent.each(['killed', 'paused'] as const)(
    'L2, W6: a client that was told of one member goes on through those it learned of when that one is %s for good',
    { timeout: 40_000 },
    async (fate) => {
      await using cluster = await startEtcdCluster(binary);
      await using cast = new Cast();
      const configured = await cluster.follower();
      const { endpoint } = configured;
      const others = beginningWith(cluster.endpoints, endpoint).slice(1);
      const observer = cast.client({ endpoints: others });
      const terms = { endpoints: endpoint, syncIntervalMs: 1_000 };
      await cast.own(cast.client(terms), 'owner', ttlMs);
      const renewing = cast.client(terms);
      await cast.own(renewing, 'owns-and-reads', ttlMs);
      cast.witness(renewing, cast.client(terms));
      cast.witness(cast.client(terms));
      await cast.seen(['owner', 'owns-and-reads']);
      // Each of the four has asked who is there.
      await poll(async () => ((await memberLists(configured.url)) >= 4 ? true : undefined), {
        what: 'each client has asked for the list of members',
        withinMs: 3 * terms.syncIntervalMs,
      });
      if (fate === 'killed') await configured.kill();
      else configured.pause();
      const newcomer = cast.client({ endpoints: others });
      await cast.own(newcomer, 'newcomer', ttlMs);
      // Who only reads finds out by the silence of the connection.
      await cast.seen(['owner', 'owns-and-reads', 'newcomer'], fate === 'killed' ? 2_000 : silenceMs);
      await cast.assertLaws({ observer });
    },
  );
});

/** How many clients' questions for the list of members this server has answered. */
async function memberLists(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const count = /^grpc_server_handled_total\{grpc_code="OK",grpc_method="MemberList",.*\} (\d+)$/m.exec(metrics)?.[1];
  return Number(count ?? 0);
}
