import { pause } from '../agent/pauses.ts';
import type { ConsulStore } from '../consul-store.ts';
import { type Standing, standingIn } from '../layout/standing.ts';

/** The first pause before the catalog is asked again whether it shows a write, in milliseconds; each later one doubles it. */
const firstPauseMs = 2;
const mostPauseMs = 100;

/** What stands of these ids of a service, as the leader knows it; perhaps with others. */
export async function readStanding(
  { api, layout }: ConsulStore,
  service: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Standing> {
  const filter = layout.filterOf(ids);
  const { value } = await api.entries(layout.serviceName(service), signal, filter === undefined ? {} : { filter });
  return standingIn(layout, service, value);
}

/** Waits until the catalog shows what an agent has been told. Only `signal` ends the wait. @returns what it shows */
export async function waitUntil(
  store: ConsulStore,
  service: string,
  id: string,
  isSo: (standing: Standing) => boolean,
  signal: AbortSignal,
): Promise<Standing> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, mostPauseMs)) {
    const standing = await readStanding(store, service, [id], signal);
    if (isSo(standing)) return standing;
    await pause(store.clock, pauseMs, signal);
  }
}
