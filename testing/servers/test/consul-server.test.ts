import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ConsulAdmin, ConsulError, type ConsulServer, poll, startConsul, testCertificates } from '../src/index.ts';

const { consul: binary } = inject('binaries');

describe('an agent that keeps nothing', () => {
  let server: ConsulServer;
  let admin: ConsulAdmin;

  beforeAll(async () => {
    server = await startConsul(binary);
    admin = new ConsulAdmin(server.url);
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('serves, and says where', async () => {
    expect(server.url).toBe(`http://${server.endpoint}`);
    expect(server.endpoint).toBe(`127.0.0.1:${server.port}`);
    expect(await admin.leader()).toBe(server.rpcEndpoint);
    expect(await admin.health('consul')).toMatchObject([{ node: server.nodeName }]);
  });

  test('is silent while it is paused', async ({ onTestFinished }) => {
    onTestFinished(() => server.resume());
    server.pause();
    // The signal may take effect only after another answer.
    const { answer } = await poll(() => unanswered(admin), { what: 'it is silent' });
    server.resume();
    expect(await answer).toBe(server.rpcEndpoint);
  });

  test('stops even while it is paused, and is empty afterwards', async () => {
    await admin.register({ Name: 'gone' });
    server.pause();
    await server.stop();
    expect(server.pid).toBeUndefined();
    await expect(admin.leader()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.start();
    expect([...(await admin.services()).keys()]).toEqual(['consul']);
  });

  test('tells the catalog of checks that run out as soon as it has settled', { timeout: 60_000 }, async () => {
    await server.restart();
    await server.settled();
    expect([...(await admin.services()).keys()]).toEqual(['consul']);
    const lags: number[] = [];
    while (lags.length < 10) lags.push(await lateness(admin, `brief-${lags.length}`));
    expect(Math.max(...lags)).toBeLessThan(500);
  });
});

describe('an agent with data', () => {
  let server: ConsulServer;
  let admin: ConsulAdmin;

  beforeAll(async () => {
    server = await startConsul(binary, { kind: 'server' });
    admin = new ConsulAdmin(server.url);
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test.each(['stop', 'kill'] as const)('comes back with its data after a %s, in another process', async (end) => {
    await admin.register({ Name: end, ID: `${end}-1`, Check: { CheckID: end, TTL: '60s', Status: 'passing' } });
    const { pid } = server;
    await server[end]();
    expect(server.pid).toBeUndefined();
    await server.start();
    expect(server.pid).not.toBe(pid);
    expect(await admin.health(end)).toMatchObject([{ serviceId: `${end}-1` }]);
    expect([...(await admin.agentServices()).keys()]).toContain(`${end}-1`);
    await admin.passCheck(end);
  });

  test('is empty after a wipe', async () => {
    await admin.register({ Name: 'gone' });
    await server.wipe();
    expect([...(await admin.services()).keys()]).toEqual(['consul']);
    expect(await admin.agentServices()).toEqual(new Map());
  });
});

describe('the options', () => {
  const token = '5ad5a5a1-0000-4000-8000-000000000001';
  const { ca, otherCa, server: own, client } = testCertificates();

  test('with ACLs nothing is allowed without a token', async () => {
    await using guarded = await startConsul(binary, { acl: { token } });
    const operator = new ConsulAdmin(guarded.url, { token });
    const nobody = new ConsulAdmin(guarded.url);
    await operator.register({ Name: 'web', Token: token });
    expect(await operator.health('web')).toHaveLength(1);
    await expect(nobody.register({ Name: 'web' })).rejects.toThrow(ConsulError);
    await expect(nobody.register({ Name: 'web' })).rejects.toMatchObject({ status: 403 });
    expect(await nobody.health('web')).toEqual([]);
  });

  test('serves by https, and asks for certificates', async () => {
    await using secure = await startConsul(binary, { tls: { ...own, ca, clientAuth: true } });
    expect(secure.url).toMatch(/^https:/);
    expect(await new ConsulAdmin(secure.url, { tls: { ca, ...client } }).leader()).toBe(secure.rpcEndpoint);
    await expect(new ConsulAdmin(secure.url, { tls: { ca } }).leader()).rejects.toHaveProperty('code');
    await expect(new ConsulAdmin(secure.url, { tls: { ca: otherCa, ...client } }).leader()).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  test('serves by https without asking for certificates', async () => {
    await using secure = await startConsul(binary, { tls: { ...own, ca } });
    expect(await new ConsulAdmin(secure.url, { tls: { ca } }).leader()).toBe(secure.rpcEndpoint);
  });

  test('refuses connections beyond the limit', async () => {
    await using narrow = await startConsul(binary, { httpMaxConns: 2 });
    const admin = new ConsulAdmin(narrow.url);
    const sockets: Socket[] = [];
    const refused = async (): Promise<unknown> => {
      sockets.push(await connected(narrow));
      return refusal(admin);
    };
    expect(await poll(refused, { what: 'a call is refused' })).toBe('ECONNRESET');
    // More than two only while connections of calls before are not yet gone.
    expect(sockets.length).toBeLessThan(10);
    for (const socket of sockets) socket.destroy();
    await poll(() => admin.leader(), { what: 'connections are free again' });
  });

  test('serves on IPv6', async () => {
    await using six = await startConsul(binary, { host: '::1' });
    expect(six.endpoint).toBe(`[::1]:${six.port}`);
    expect(await new ConsulAdmin(six.url).leader()).toBe(six.rpcEndpoint);
  });

  test('takes more configuration, merged into the usual one', async () => {
    await using other = await startConsul(binary, {
      config: { datacenter: 'elsewhere', node_meta: { extra: '1' }, performance: { rpc_hold_timeout: '1s' } },
    });
    const response = await fetch(`${other.url}/v1/catalog/node/${other.nodeName}`);
    expect(await response.json()).toMatchObject({ Node: { Datacenter: 'elsewhere' } });
    const meta = await poll(() => metaOf(other), { what: 'its meta is known' });
    expect(meta).toEqual({ extra: '1', 'rollcall-start': '1', 'consul-network-segment': '' });
  });
});

describe('an agent that does not start', () => {
  test('is reported with its log', async () => {
    await expect(startConsul(binary, { config: { no_such_key: 1 } })).rejects.toThrow(
      /ended before it served[^]*no_such_key/,
    );
    await expect(startConsul('/no/such/consul')).rejects.toThrow('/no/such/consul');
  });
});

test('the agent of the run is there', async () => {
  expect(await new ConsulAdmin(inject('consul').url).leader()).toMatch(/:\d+$/);
  expect(existsSync(binary)).toBe(true);
});

/** How much later than its TTL a check is critical in the catalog, in milliseconds. */
async function lateness(admin: ConsulAdmin, id: string): Promise<number> {
  const ttlMs = 100;
  await admin.register({ Name: id, Check: { CheckID: id, TTL: `${ttlMs}ms`, Status: 'passing' } });
  const registered = performance.now();
  await poll(
    async () => {
      const [entry] = await admin.health(id);
      return entry?.checks.find((check) => check.id === id && check.status === 'critical');
    },
    { what: `${id} is critical` },
  );
  const lag = performance.now() - registered - ttlMs;
  await admin.deregister(id);
  return lag;
}

/** A call that has waited for its answer for a while; undefined if it has it. */
async function unanswered(admin: ConsulAdmin): Promise<{ readonly answer: Promise<unknown> } | undefined> {
  const answer = admin.leader();
  return (await Promise.race([answer, sleep(200, 'silence')])) === 'silence' ? { answer } : undefined;
}

/** The code of the error with which a call fails. */
async function refusal(admin: ConsulAdmin): Promise<unknown> {
  try {
    await admin.leader();
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

/** Undefined until the agent has told the catalog of its node. */
async function metaOf({ url, nodeName }: ConsulServer): Promise<Record<string, string> | undefined> {
  const response = await fetch(`${url}/v1/catalog/node/${nodeName}`);
  const { Node: node } = (await response.json()) as { Node: { Meta: Record<string, string> | null } };
  return node.Meta ?? undefined;
}

async function connected({ host, port }: ConsulServer): Promise<Socket> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  // Without a listener a reset would end the process.
  socket.on('error', () => undefined);
  return socket;
}
