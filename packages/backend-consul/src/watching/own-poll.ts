import { ConsulFailure } from '../agent/consul-failure.ts';
import { pause } from '../agent/pauses.ts';
import type { ConsulStore } from '../consul-store.ts';
import type { ConsulRow } from '../layout/consul-entry.ts';

/** Whole answers about one service, the first at once and then whenever something may have changed. Ends only by throwing. */
export type Rows = AsyncGenerator<readonly ConsulRow[], never>;

/**
 * Least time between two polls, in milliseconds. A service that changes all the time is read whole each time; one that nobody has registered
 * wakes its polls whenever any other service changes, and each time it has to be asked whether it may be seen at all.
 */
const leastBetweenMs = { some: 20, none: 250 };

/** The rows of a service by a poll of its own: again whenever Consul's index for it has moved. */
export async function* ownPoll(store: ConsulStore, name: string, signal: AbortSignal): Rows {
  const { api, clock, waitMs, readsFrom: from } = store;
  let { value: rows, index } = await api.entries(name, signal, { from });
  let notBefore = 0;
  for (;;) {
    yield rows;
    let next;
    // The same index again: nothing has changed, and the wait was over.
    while (next === undefined) {
      await pause(clock, notBefore - clock.now(), signal);
      const startedAt = clock.now();
      notBefore = startedAt + (rows.length === 0 ? leastBetweenMs.none : leastBetweenMs.some);
      next = await api.nextEntries(name, signal, { from, index, waitMs });
      // A store that is restored from an older state wakes those who wait with what it had: only a read that does not wait tells.
      if (next === undefined && clock.now() < startedAt + waitMs)
        next = unlessAt(index, await api.entries(name, signal, { from }));
    }
    assertOnward(index, next.index);
    ({ value: rows, index } = next);
  }
}

/** What was read, if the index is another. */
export function unlessAt<Read extends { readonly index: number }>(index: number, read: Read): Read | undefined {
  return read.index === index ? undefined : read;
}

/** @throws ConsulFailure for an index that goes back, or none: that is another history */
export function assertOnward(former: number, index: number): void {
  if (index < former || index <= 0) throw new ConsulFailure(`the index went back from ${former} to ${index}`);
}
