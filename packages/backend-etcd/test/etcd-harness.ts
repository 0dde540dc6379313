import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { etcdBackend } from '@rollcall/backend-etcd';
import type { Client, Harness } from '@rollcall/conformance';
import { systemClock } from '@rollcall/core';
import type { RegistryDriver } from '@rollcall/core/driver';
import { EtcdAdmin, TcpProxy } from '@rollcall/testing-servers';

/** Every world is a key prefix of its own on a server that all share; every client reaches it through a proxy of its own. */
export function etcdHarness(name: string, url: string): Harness {
  const { hostname: host, port } = new URL(url);
  const admin = new EtcdAdmin(url);
  return {
    name,
    capabilities: etcdDriver(`${host}:${port}`, '/rollcall').capabilities,
    ttlMs: 1_000,
    async open() {
      const prefix = `/rollcall-${randomUUID()}`;
      const proxies: TcpProxy[] = [];
      const keyOf = (service: string, id: string): string =>
        `${prefix}/instances/${[service, id].map((part) => part.replaceAll('%', '%25').replaceAll('/', '%2F')).join('/')}`;
      return {
        clock: systemClock,
        elapse: (ms) => sleep(ms),
        async connect() {
          const proxy = await TcpProxy.start({ host, port: Number(port) });
          proxies.push(proxy);
          return clientOf(etcdDriver(proxy.endpoint, prefix), proxy);
        },
        remove: async (service, id) => void (await admin.remove(keyOf(service, id))),
        wipe: async () => void (await admin.removePrefix(prefix)),
        corrupt: (service, id) => admin.put(keyOf(service, id), 'not a record'),
        async [Symbol.asyncDispose]() {
          await admin.removePrefix(prefix);
          await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
        },
      };
    },
  };
}

function etcdDriver(endpoint: string, prefix: string): RegistryDriver {
  const backend = etcdBackend();
  return backend.open(backend.parse({ endpoints: endpoint, prefix }), { clock: systemClock });
}

function clientOf(driver: RegistryDriver, proxy: TcpProxy): Client {
  return { driver, cut: () => proxy.cut(), restore: () => proxy.restore(), crash: () => proxy.cut() };
}
