import { memoryDriver, type MemoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { type Balancer, createBalancer, openServiceCache, roundRobin, type ServiceCache } from '@rollcall/balancer';
import { createRegistry, type ManualClock, manualClock, type Registry } from '@rollcall/core';
import { createTelemetry, type Telemetry, type TelemetryOptions } from '../src/index.ts';
import { type Metering, openMetering } from './collected.ts';

/** `orders` in a store in memory, a caller of it who is observed, and time and faults in the test's hand. */
export interface Scene extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  /** The caller's connection. */
  readonly driver: MemoryDriver;
  readonly provider: Registry;
  readonly cache: ServiceCache;
  readonly telemetry: Telemetry;
  readonly metering: Metering;
  /** A balancer of `orders`, observed. One failure ejects for 10 s. */
  readonly balancer: Balancer;
  register(...ids: readonly string[]): Promise<void>;
}

export async function openScene(
  first: readonly string[] = ['a', 'b', 'c'],
  options: TelemetryOptions = {},
): Promise<Scene> {
  const clock = manualClock();
  const store = new MemoryStore({ clock });
  const driver = memoryDriver(store);
  const metering = openMetering();
  const { meterProvider } = metering;
  const telemetry = createTelemetry({ meterProvider, clock, ...options });
  const { onDiagnostic } = telemetry;
  const provider = createRegistry(memoryDriver(store), { onDiagnostic });
  const caller = createRegistry(driver, { onDiagnostic });
  async function register(...ids: readonly string[]): Promise<void> {
    for (const id of ids)
      await provider.register({ service: 'orders', id, endpoints: ['http://192.0.2.1:80'] }, { ttlMs: 15_000 });
  }
  await register(...first);
  const cache = openServiceCache({ discovery: caller, services: ['orders'], clock, onDiagnostic });
  await cache.ready();
  const balancer = createBalancer(cache.service('orders'), {
    policy: roundRobin(),
    ejection: { failures: 1, baseMs: 10_000 },
    clock,
    random: () => 0,
    onDiagnostic,
  });
  telemetry.observeCache(cache);
  telemetry.observeBalancer(balancer);
  return {
    clock,
    store,
    driver,
    provider,
    cache,
    telemetry,
    metering,
    balancer,
    register,
    async [Symbol.asyncDispose]() {
      telemetry.close();
      balancer.close();
      await cache.close();
      await caller.close();
      await provider.close();
      await metering[Symbol.asyncDispose]();
    },
  };
}
