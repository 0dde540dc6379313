import type { DriverEvent } from '@rollcall/core/driver';
import { assertGone, believed } from '../agent/visibility.ts';
import type { ConsulStore } from '../consul-store.ts';
import { hasNoneOf } from '../layout/standing.ts';
import type { Polls } from './polls.ts';
import { ServiceReader } from './service-reader.ts';
import type { WatchMemory } from './watch-memory.ts';

/** The set of a service, and the set again whenever it may have changed. Ends only by throwing. */
export async function* watchService(
  { api, layout, readsFrom: from }: ConsulStore,
  { polls, memory }: { readonly polls: Polls; readonly memory: WatchMemory },
  service: string,
  signal: AbortSignal,
): AsyncGenerator<DriverEvent, void> {
  const name = layout.serviceName(service);
  const reader = new ServiceReader({ layout, service }, memory.take(service));
  const look = {
    name,
    again: async () => (await api.entries(name, signal, { from })).value,
    isNothing: hasNoneOf(name),
  };
  try {
    for await (const rows of polls.rows(name, signal)) {
      const { event, vanished, believe } = reader.read(await believed(api, rows, look, signal));
      if (vanished.length > 0) await assertGone(api, vanished, signal);
      believe();
      if (event !== undefined) yield event;
    }
  } catch (error) {
    if (!signal.aborted) memory.keep(service, reader.shown);
    throw error;
  }
}
