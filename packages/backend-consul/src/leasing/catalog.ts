import { pause } from '../agent/pauses.ts';
import type { ConsulStore } from '../consul-store.ts';
import { type Standing, standingIn } from '../layout/standing.ts';

/** The first pause before the catalog is asked again whether it shows a write, in milliseconds; each later one doubles it. */
const firstPauseMs = 2;
const mostPauseMs = 100;

/** Up to so many ids are asked for by name; of more the whole service is read. */
const mostInFilter = 64;

/** What stands of these ids of a service, as the leader knows it; perhaps with others. */
export async function readStanding(
  { api, layout }: Pick<ConsulStore, 'api' | 'layout'>,
  service: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Standing> {
  const from = 'leader' as const;
  const terms = ids.length > mostInFilter ? { from } : { from, filter: layout.filterOf(ids) };
  const { value } = await api.entries(layout.serviceName(service), signal, terms);
  return standingIn({ layout, service }, value);
}

/** Waits until the catalog shows what an agent has been told. Only `signal` ends the wait. @returns what `look` finds */
export async function waitFor<Found>(
  { clock, reads }: ConsulStore,
  { service, id }: { readonly service: string; readonly id: string },
  look: (standing: Standing) => Found | undefined | Promise<Found | undefined>,
  signal: AbortSignal,
): Promise<Found> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, mostPauseMs)) {
    const found = await look(await reads.standing(service, id, signal));
    if (found !== undefined) return found;
    await pause(clock, pauseMs, signal);
  }
}
