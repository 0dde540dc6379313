import { memoryBackend } from '@rollcall/backend-memory';
import { openServiceCache, type ServiceCache } from '@rollcall/balancer';
import { openRegistry } from '@rollcall/core';

/** One service, as a program knows it that calls it. */
export interface KnownService extends AsyncDisposable {
  readonly cache: ServiceCache;
}

/** A cache that knows a service of the instances at these URLs. */
export async function serviceOf(service: string, urls: readonly string[]): Promise<KnownService> {
  const registry = openRegistry('memory:', { backends: [memoryBackend()] });
  for (const url of urls) await registry.register({ service, endpoints: [url] });
  const cache = openServiceCache({ discovery: registry, services: [service] });
  await cache.ready();
  return {
    cache,
    async [Symbol.asyncDispose]() {
      await cache.close();
      await registry.close();
    },
  };
}
