import type { DriverEvent } from '@rollcall/core/driver';
import { ConsulFailure } from '../agent/consul-failure.ts';
import { pause } from '../agent/pauses.ts';
import type { ConsulStore } from '../consul-store.ts';
import { ServiceReader } from './service-reader.ts';

/** Least time between two polls of one service, in milliseconds: a service that changes all the time is read whole each time. */
const leastBetweenMs = 20;

/** The set of a service, and the set again whenever Consul's index for it has moved. Ends only by throwing. */
export async function* watchService(
  store: ConsulStore,
  service: string,
  signal: AbortSignal,
): AsyncGenerator<DriverEvent, never> {
  const { api, layout, clock, waitMs } = store;
  const name = layout.serviceName(service);
  const reader = new ServiceReader(layout, service);
  let { value: rows, index } = await api.entries(name, signal);
  for (;;) {
    yield reader.snapshotOf(rows);
    let pollStartedAt = clock.now();
    let next = await api.entries(name, signal, { poll: { index, waitMs } });
    // Nothing has changed: the wait was over.
    while (next.index === index) {
      await pause(clock, Math.max(0, pollStartedAt + leastBetweenMs - clock.now()), signal);
      pollStartedAt = clock.now();
      next = await api.entries(name, signal, { poll: { index, waitMs } });
    }
    // An index that goes back, or none, is another history.
    if (next.index < index || next.index <= 0)
      throw new ConsulFailure(`the index went back from ${index} to ${next.index}`);
    ({ value: rows, index } = next);
    await pause(clock, Math.max(0, pollStartedAt + leastBetweenMs - clock.now()), signal);
  }
}
