import { believed } from './agent/visibility.ts';
import type { ConsulStore } from './consul-store.ts';
import { checkIdPrefix } from './layout/consul-entry.ts';
import { readService } from './watching/read-service.ts';

/** How many services are looked at side by side. */
const atOnce = 8;

/** Names of the services that have an instance to list (D4): those with a check of ours that passes, if what it is of can be read. */
export async function listServices(store: ConsulStore, signal: AbortSignal): Promise<readonly string[]> {
  const { api, layout } = store;
  const again = (): Promise<readonly string[]> => liveServices(store, signal);
  // As good a name as any that begins with the prefix.
  const name = layout.serviceName('~');
  return believed(api, await again(), { name, again, isNothing: ({ length }) => length === 0 }, signal);
}

async function liveServices(store: ConsulStore, signal: AbortSignal): Promise<readonly string[]> {
  const checks = await store.api.passingChecks(signal);
  const names = new Set(
    checks.filter(({ CheckID }) => CheckID.startsWith(checkIdPrefix)).map((check) => check.ServiceName),
  );
  const candidates = [...names].flatMap((name) => store.layout.serviceOf(name) ?? []);
  const live: string[] = [];
  for (let from = 0; from < candidates.length; from += atOnce) {
    const batch = candidates.slice(from, from + atOnce);
    const found = await Promise.all(batch.map((service) => hasInstance(store, service, signal)));
    live.push(...batch.filter((_, index) => found[index]));
  }
  return live;
}

async function hasInstance({ api, layout }: ConsulStore, service: string, signal: AbortSignal): Promise<boolean> {
  const { value } = await api.entries(layout.serviceName(service), signal, { from: 'leader' });
  return readService({ layout, service }, value).instances.length > 0;
}
