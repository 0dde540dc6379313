import { randomUUID } from 'node:crypto';
import { Discovery, Registrar, rollcallModule } from '@rollcall/inversify';
import { poll, TcpProxy } from '@rollcall/testing-servers';
import { Container } from 'inversify';
import { describe, expect, inject, test } from 'vitest';
import { consulBackend } from '../../../backend-consul/src/index.ts';
import { etcdBackend } from '../../../backend-etcd/src/index.ts';

const callTimeoutMs = 1_500;

/** What a busy machine may take on top of a bound. */
const slackMs = 1_000;

const orders = { service: 'orders', id: 'a', endpoints: ['http://10.0.0.5:80'] };

describe.each(['etcd35', 'consul'] as const)('on %s', (server) => {
  const { hostname: host, port } = new URL(inject(server).url);
  const place = randomUUID();
  const urls = {
    etcd35: (endpoint: string) => `etcd://${endpoint}/${place}`,
    consul: (endpoint: string) => `consul://${endpoint}?prefix=${place}-`,
  };

  function startProxy(): Promise<TcpProxy> {
    return TcpProxy.start({ host, port: Number(port) });
  }

  function loaded(endpoint: string): Container {
    const container = new Container();
    const backends = [etcdBackend(), consulBackend()];
    container.load(rollcallModule({ config: urls[server](endpoint), backends, callTimeoutMs }));
    return container;
  }

  test('a server that refuses at start is told by the calls, tried again, and used when it is there', async () => {
    await using proxy = await startProxy();
    proxy.cut();
    const container = loaded(proxy.endpoint);
    expect(proxy.accepted).toBe(0);
    const discovery = container.get(Discovery);
    await expect(discovery.services()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    const registering = container.get(Registrar).register(orders, { onUnavailable: 'retry' });
    await expect(discovery.list('orders')).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });

    proxy.restore();
    await registering;
    expect(await discovery.list('orders')).toMatchObject([{ id: 'a' }]);

    const witness = loaded(`${host}:${port}`);
    await container.unbindAllAsync();
    expect(await witness.get(Discovery).list('orders')).toEqual([]);
    await witness.unbindAllAsync();
  });

  test('what is connecting is given up when the container is unbound', async () => {
    await using proxy = await startProxy();
    proxy.blackHole();
    const container = loaded(proxy.endpoint);
    const refused = container
      .get(Discovery)
      .services()
      .catch((error: unknown) => error);
    await poll(() => proxy.connections > 0 || undefined, { what: 'it has begun to dial' });
    const from = performance.now();
    await Promise.all([container.unbindAllAsync(), container.unbindAllAsync()]);
    expect(performance.now() - from).toBeLessThan(callTimeoutMs + slackMs);
    expect(await refused).toMatchObject({ code: 'REGISTRY_CLOSED' });
    proxy.restore();
    await poll(() => proxy.connections === 0 || undefined, { what: 'the connection is closed' });
  });
});
