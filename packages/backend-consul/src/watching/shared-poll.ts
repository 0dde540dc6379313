import type { ConsulStore } from '../consul-store.ts';
import type { ConsulRow } from '../layout/consul-entry.ts';
import type { CheckMarks, CheckPoll } from './check-poll.ts';

/** How long a poll is shared. */
export interface SharingTerms {
  readonly signal: AbortSignal;
  /** Asked whenever the poll has told something, or was nudged, until it says yes. */
  readonly isOver: () => boolean;
}

/**
 * The rows of a service, read again whenever its checks have changed; and now and then in any case, since another program may rewrite an
 * entry without touching its check.
 */
export async function* sharedPoll(
  store: ConsulStore,
  checks: CheckPoll,
  name: string,
  { signal, isOver }: SharingTerms,
): AsyncGenerator<readonly ConsulRow[], void> {
  const { api, clock, waitMs } = store;
  checks.follow();
  try {
    // Known before the read, so that what changes meanwhile is read again.
    let marks = await checks.next(undefined, signal);
    for (;;) {
      const mark = markOf(marks, name);
      // What the checks tell of is read from where they are: another server may not know of it yet.
      const { value } = await api.entries(name, signal, { from: 'leader' });
      const againBy = clock.now() + waitMs;
      yield value;
      do {
        marks = await checks.next(marks, signal);
        if (isOver()) return;
      } while (markOf(marks, name) === mark && clock.now() < againBy);
    }
  } finally {
    checks.unfollow();
  }
}

function markOf({ services, nodes }: CheckMarks, name: string): string {
  return `${services.get(name) ?? 'none'}, ${nodes}`;
}
