import { randomUUID } from 'node:crypto';
import { env } from 'node:process';
import { etcdBackend } from '@rollcall/backend-etcd';
import { openRegistry } from '@rollcall/core';
import { freePort, poll, startEtcdCluster } from '@rollcall/testing-servers';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { Cast } from '../cluster/cast.ts';
import { app, secured } from './secured.ts';

const variable = `ROLLCALL_TEST_${randomUUID().replaceAll('-', '_').toUpperCase()}`;
env[variable] = app.password;

afterAll(() => {
  delete env[variable];
});

describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  const binary = inject('binaries')[server];
  const backends = [etcdBackend()];

  test.concurrent('B1, B2: a URL with several hosts, a prefix, a user and a password of the environment', async () => {
    await using scene = await secured(binary);
    const { cast, endpoints, admin } = scene;
    const hosts = `127.0.0.1:${await freePort()},${endpoints},localhost:${scene.server.port}`;
    const url = `etcd://${hosts}${cast.prefix}?user=${app.user}&password=env:${variable}`;
    await using registry = openRegistry(url, { backends });
    await using registration = await registry.register({ service: 'orders', id: 'a', endpoints: ['http://a.test:80'] });
    expect(await registry.list('orders')).toEqual([registration.instance]);
    expect(await admin.getPrefix(`${cast.prefix}/`)).toHaveLength(1);
    // The same, as an object that another client was given.
    const other = cast.client({ endpoints, user: app.user, password: { env: variable } });
    expect(await other.list('orders')).toEqual([registration.instance]);
  });

  test.concurrent('B1: a URL with all members of a cluster, of which any may be gone', async () => {
    await using cluster = await startEtcdCluster(binary);
    await using cast = new Cast();
    const hosts = cluster.endpoints.join(',');
    await using registry = openRegistry(`etcd://${hosts}${cast.prefix}?syncIntervalMs=1000`, { backends });
    await cluster.killLeader();
    await using registration = await registry.register({ service: 'orders', id: 'a', endpoints: ['http://a.test:80'] });
    const observer = cast.client({ endpoints: cluster.endpoints });
    await poll(async () => ((await observer.list('orders')).length === 1 ? true : undefined), {
      what: 'it is listed',
      withinMs: 1_000,
    });
    expect(registration.state).toBe('active');
  });
});
