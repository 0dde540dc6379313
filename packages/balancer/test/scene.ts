import { EventEmitter, once } from 'node:events';
import { memoryDriver, type MemoryDriver, MemoryStore } from '@rollcall/backend-memory';
import {
  createRegistry,
  type ManualClock,
  manualClock,
  type Registration,
  type Registry,
  type ServiceInstanceInit,
} from '@rollcall/core';
import type { CacheDiagnosticEvent, CachedService, ServiceCacheOptions } from '@rollcall/balancer';
import { ids } from './instances.ts';

/** A store in memory on a clock that stands still, a provider, a caller with its faults, and what a cache tells of itself. */
export interface Scene extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  /** The caller's connection. */
  readonly driver: MemoryDriver;
  readonly provider: Registry;
  readonly caller: Registry;
  /** For `openServiceCache`. */
  readonly options: ServiceCacheOptions;
  readonly diagnostics: CacheDiagnosticEvent[];
  /** Resolves when a cache tells this next: for what takes time of the system's. */
  told(type: CacheDiagnosticEvent['type']): Promise<unknown>;
  /** Registers `orders` under each id, with a TTL of 15 s. */
  register(...ids: readonly string[]): Promise<readonly Registration[]>;
  /** Other owners of `orders`, who can crash together. */
  others(): { readonly driver: MemoryDriver; readonly registry: Registry };
}

export function openScene(): Scene {
  const clock = manualClock();
  const store = new MemoryStore({ clock });
  const driver = memoryDriver(store);
  const caller = createRegistry(driver);
  const provider = createRegistry(memoryDriver(store));
  const opened: Registry[] = [caller, provider];
  const diagnostics: CacheDiagnosticEvent[] = [];
  const telling = new EventEmitter();
  return {
    clock,
    store,
    driver,
    provider,
    caller,
    diagnostics,
    options: {
      discovery: caller,
      services: ['orders'],
      clock,
      wallClock: () => 1_700_000_000_000 + clock.now(),
      onDiagnostic(event) {
        diagnostics.push(event);
        telling.emit(event.type);
      },
    },
    told: (type) => once(telling, type),
    register: (...given) => registerAll(provider, given),
    others() {
      const own = memoryDriver(store);
      const registry = createRegistry(own);
      opened.push(registry);
      return { driver: own, registry };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((registry) => registry.close()));
    },
  };
}

export function registerAll(registry: Registry, given: readonly string[]): Promise<readonly Registration[]> {
  return Promise.all(given.map((id) => registry.register(orders(id), { ttlMs: 15_000 })));
}

function orders(id: string): ServiceInstanceInit {
  return { service: 'orders', id, endpoints: ['http://192.0.2.1:80'] };
}

/** What is served, and what it is worth. */
export function seen(service: CachedService): readonly [string, string] {
  return [service.state, ids(service.instances).join(' ')];
}

/** What `promise` comes to, with time moving on for as long as that takes. */
export async function withTime<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const unsettled = new Set([promise]);
  const settle = (): void => unsettled.clear();
  promise.then(settle, settle);
  while (unsettled.size > 0) await clock.advance(100);
  return promise;
}
