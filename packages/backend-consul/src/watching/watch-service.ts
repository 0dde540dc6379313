import type { DriverEvent } from '@rollcall/core/driver';
import { assertGone, assertSeesNothing } from '../agent/visibility.ts';
import type { ConsulStore } from '../consul-store.ts';
import type { Polls } from './polls.ts';
import { ServiceReader } from './service-reader.ts';

/** The set of a service, and the set again whenever it may have changed. Ends only by throwing. */
export async function* watchService(
  { api, layout }: ConsulStore,
  polls: Polls,
  service: string,
  signal: AbortSignal,
): AsyncGenerator<DriverEvent, void> {
  const name = layout.serviceName(service);
  const reader = new ServiceReader(layout, service);
  let isFirst = true;
  for await (const rows of polls.rows(name, signal)) {
    const { snapshot, vanished } = reader.read(rows);
    if (isFirst && rows.length === 0) await assertSeesNothing(api, name, signal);
    if (vanished.length > 0) await assertGone(api, vanished, signal);
    isFirst = false;
    yield snapshot;
  }
}
