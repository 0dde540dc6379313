import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { consulBackend } from '@rollcall/backend-consul';
import type { Client, Harness } from '@rollcall/conformance';
import { systemClock } from '@rollcall/core';
import type { RegistryDriver } from '@rollcall/core/driver';
import { ConsulAdmin, TcpProxy } from '@rollcall/testing-servers';
import { ConsulLayout } from '../src/layout/consul-entry.ts';

/** Every world is a prefix of names on an agent that all share; every client reaches it through a proxy of its own. */
export function consulHarness(name: string, url: string): Harness {
  const { hostname: host, port } = new URL(url);
  const admin = new ConsulAdmin(url);
  return {
    name,
    capabilities: consulDriver(url, '').capabilities,
    // Each renewal is requests of its own here: with a T of 1 s, those of a hundred leases would have to be through in 167 ms on a machine
    // that runs everything else beside (L4: the event loop turns at least every T/6).
    ttlMs: 2_000,
    async open() {
      const prefix = `${randomUUID().slice(0, 8)}-`;
      const layout = new ConsulLayout(prefix);
      const proxies: TcpProxy[] = [];
      const ours = async (): Promise<readonly string[]> =>
        [...(await admin.agentServices())]
          .filter(([, service]) => String(service['Service']).startsWith(prefix))
          .map(([serviceId]) => serviceId);
      const entriesOf = async (service: string, id: string): Promise<readonly string[]> =>
        (await admin.health(layout.serviceName(service)))
          .filter(({ meta }) => meta['id'] === id)
          .map(({ serviceId }) => serviceId);
      return {
        clock: systemClock,
        elapse: (ms) => sleep(ms),
        async connect() {
          const proxy = await TcpProxy.start({ host, port: Number(port) });
          proxies.push(proxy);
          return clientOf(consulDriver(`http://${proxy.endpoint}`, prefix), proxy);
        },
        remove: async (service, id) => {
          for (const serviceId of await entriesOf(service, id)) await admin.deregister(serviceId);
        },
        wipe: async () => {
          for (const serviceId of await ours()) await admin.deregister(serviceId);
        },
        corrupt: async (service, id) => {
          for (const serviceId of await entriesOf(service, id))
            await admin.register({
              ID: serviceId,
              Name: layout.serviceName(service),
              Meta: { rollcall: '1', id, service, epoch: '1', status: 'nonsense' },
            });
        },
        async [Symbol.asyncDispose]() {
          for (const serviceId of await ours()) await admin.deregister(serviceId);
          await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
        },
      };
    },
  };
}

function consulDriver(address: string, prefix: string): RegistryDriver {
  const backend = consulBackend();
  return backend.open(backend.parse({ address, ...(prefix !== '' && { prefix }) }), { clock: systemClock });
}

function clientOf(driver: RegistryDriver, proxy: TcpProxy): Client {
  return { driver, cut: () => proxy.cut(), restore: () => proxy.restore(), crash: () => proxy.cut() };
}
