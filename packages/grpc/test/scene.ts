import { memoryDriver, type MemoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { openServiceCache, type ServiceCache, type ServiceCacheOptions } from '@rollcall/balancer';
import { type Clock, createRegistry, type Registration, type Registry, type ServiceInstanceInit } from '@rollcall/core';
import type { Greeter } from './greeter.ts';

/** A store in memory, a provider and a caller, each with a connection of its own. */
export interface Scene extends AsyncDisposable {
  /** The caller's connection. */
  readonly driver: MemoryDriver;
  readonly provider: Registry;
  readonly cache: ServiceCache;
  /** Registers an instance of `orders`. */
  register(id: string, fields?: Partial<ServiceInstanceInit>): Promise<Registration>;
  /** Registers one of `orders` where it listens. */
  offer(greeter: Greeter, fields?: Partial<ServiceInstanceInit>): Promise<Registration>;
}

export function openScene(clock?: Clock, options: ServiceCacheOptions = {}): Scene {
  const store = new MemoryStore({ clock });
  const driver = memoryDriver(store);
  const caller = createRegistry(driver);
  const provider = createRegistry(memoryDriver(store));
  const cache = openServiceCache({ discovery: caller, clock, ...options });
  const register: Scene['register'] = (id, fields) =>
    provider.register({ service: 'orders', id, endpoints: [`grpc://192.0.2.1:${ids.indexOf(id)}`], ...fields });
  return {
    driver,
    provider,
    cache,
    register,
    offer: ({ id, port }, fields) => register(id, { endpoints: [`grpc://127.0.0.1:${port}`], ...fields }),
    async [Symbol.asyncDispose]() {
      await cache.close();
      await Promise.all([caller.close(), provider.close()]);
    },
  };
}

/** Each is at the port of its place: `a` at 1. */
export const ids = ' abcdefgh';
