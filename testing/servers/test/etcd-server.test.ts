import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { EtcdAdmin, type EtcdServer, poll, startEtcd, testCertificates } from '../src/index.ts';
import { etcdVersions } from './etcd-versions.ts';

describe.each(etcdVersions)('etcd $version', ({ version, binary }) => {
  let server: EtcdServer;
  let admin: EtcdAdmin;

  beforeAll(async () => {
    server = await startEtcd(binary);
    admin = new EtcdAdmin(server.url);
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('serves, and says where', async () => {
    expect((await admin.status()).version).toMatch(new RegExp(`^${version}\\.`));
    expect(server.url).toBe(`http://${server.endpoint}`);
    expect(server.endpoint).toBe(`127.0.0.1:${server.port}`);
  });

  test('grants leases of 1 s', async () => {
    const lease = await admin.grantLease(1);
    await admin.put('short', 'lived', { lease });
    await poll(async () => ((await admin.get('short')) === undefined ? true : undefined), {
      what: 'the lease has run out',
      withinMs: 3_000,
    });
    expect(await admin.leases()).not.toContain(lease);
  });

  test.each(['stop', 'kill'] as const)('comes back with its data after a %s', async (end) => {
    await admin.put('kept', end);
    await server[end]();
    expect(server.pid).toBeUndefined();
    await expect(admin.status()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.start();
    expect(await admin.get('kept')).toMatchObject({ value: end });
  });

  test('restarts with its data, in another process', async () => {
    await admin.put('kept', 'restart');
    const { pid } = server;
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await admin.get('kept')).toMatchObject({ value: 'restart' });
  });

  test('is silent while it is paused', async () => {
    server.pause();
    const answer = admin.status();
    await expect(Promise.race([answer, connected(server)])).resolves.toBe('connected');
    server.resume();
    expect(await answer).toHaveProperty('version');
  });

  test('stops even while it is paused', async () => {
    server.pause();
    await server.stop();
    await server.start();
    expect(await admin.status()).toHaveProperty('version');
  });

  test('is empty after a wipe, under the same identity or another', async () => {
    await admin.put('gone', 'soon');
    const before = await admin.status();
    await server.wipe();
    const same = await admin.status();
    expect(await admin.get('gone')).toBeUndefined();
    expect(same.clusterId).toBe(before.clusterId);
    expect(Number(same.revision)).toBeLessThan(Number(before.revision));
    await server.wipe({ newIdentity: true });
    expect((await admin.status()).clusterId).not.toBe(before.clusterId);
  });

  test('serves on IPv6', async () => {
    await using six = await startEtcd(binary, { host: '::1' });
    expect(six.endpoint).toBe(`[::1]:${six.port}`);
    expect(await new EtcdAdmin(six.url).status()).toHaveProperty('version');
  });

  test('serves by https, and asks for certificates', async () => {
    const { ca, otherCa, server: own, client } = testCertificates();
    await using secure = await startEtcd(binary, { tls: { ...own, ca, clientAuth: true } });
    expect(await new EtcdAdmin(secure.url, { tls: { ca, ...client } }).status()).toHaveProperty('version');
    await expect(new EtcdAdmin(secure.url, { tls: { ca } }).status()).rejects.toHaveProperty('code');
    await expect(new EtcdAdmin(secure.url, { tls: { ca: otherCa } }).status()).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  test('takes more flags, and a longer election timeout', async () => {
    await using slow = await startEtcd(binary, { electionTimeoutMs: 1_000, args: ['--max-txn-ops=7'] });
    expect(slow.pid).toBeGreaterThan(0);
  });
});

describe('a server that does not start', () => {
  const { etcd35 } = inject('binaries');

  test('is reported with its log', async () => {
    await expect(startEtcd(etcd35, { args: ['--no-such-flag'] })).rejects.toThrow(
      /ended before it served[^]*no-such-flag/,
    );
    await expect(startEtcd('/no/such/etcd')).rejects.toThrow('/no/such/etcd');
  });
});

test('the servers of the run are there', async () => {
  for (const name of ['etcd34', 'etcd35'] as const)
    expect(await new EtcdAdmin(inject(name).url).status()).toHaveProperty('version');
  expect(existsSync(inject('binaries').etcd34)).toBe(true);
});

/** A paused process still gets connections: its system accepts them. */
function connected({ host, port }: EtcdServer): Promise<'connected'> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve('connected');
    });
  });
}
