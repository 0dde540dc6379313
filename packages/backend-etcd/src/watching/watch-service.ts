import type { DriverEvent } from '@rollcall/core/driver';
import { boundedBy } from '../connection/abortable.ts';
import { ConnectionFailure, isForbidden, isRpcFailure, isTokenRefused } from '../connection/rpc-failure.ts';
import type { EtcdStore } from '../etcd-store.ts';
import { type Anchor, anchorOf, assertSameHistory, newestRevision } from './anchor.ts';
import { HistoryLost } from './history-lost.ts';
import { changesOf, readService } from './read-service.ts';
import type { Watches } from './watches.ts';

/** How long a break may take to mend without the reader being told, in milliseconds: a silent peer has taken up to 13 s of W7's 20. */
const mendWithinMs = 3_000;

const notMended = (): Error =>
  new ConnectionFailure(`the watch broke and could not be mended within ${mendWithinMs} ms`);

/**
 * The set of a service, then what follows it without a gap. When its stream breaks it goes on from where it was, on another
 * one, if that can be proved to be the same history; else it throws, and whoever reads begins anew with the set.
 */
export async function* watchService(
  store: EtcdStore,
  watches: Watches,
  service: string,
  signal: AbortSignal,
): AsyncGenerator<DriverEvent, never> {
  const range = store.keys.service(service);
  const { snapshot, clusterId, revision } = await readService(store, service, signal);
  yield snapshot;
  let seen = revision;
  let anchor: Anchor | undefined;
  let subscription = await watches.open({ range, clusterId, revision: seen + 1 }, signal);
  const abort = (): void => subscription.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      try {
        for (;;) {
          const events = await subscription.next();
          anchor = anchorOf(events);
          seen = newestRevision(events);
          yield changesOf(store.keys, events);
        }
      } catch (error) {
        if (signal.aborted || !isBreak(error)) throw error;
      }
      subscription[Symbol.dispose]();
      using mending = boundedBy(store.clock, mendWithinMs, signal, notMended);
      await assertSameHistory(store, anchor, mending.signal);
      subscription = await watches.open({ range, clusterId, revision: seen + 1 }, mending.signal);
    }
  } finally {
    signal.removeEventListener('abort', abort);
    subscription[Symbol.dispose]();
  }
}

/** Whether a watch ended because of what carried it, and not because of what it watches. */
function isBreak(error: unknown): boolean {
  return isRpcFailure(error) && !(error instanceof HistoryLost) && (isTokenRefused(error) || !isForbidden(error));
}
