import type { StoredCheck } from '../agent/consul-api.ts';
import { pause } from '../agent/pauses.ts';
import type { ConsulStore } from '../consul-store.ts';
import { checkIdPrefix } from '../layout/consul-entry.ts';
import { assertOnward, unlessAt } from './own-poll.ts';

/** What all checks say, at one moment. */
export interface CheckMarks {
  /** Of each service of ours; another one whenever any of its checks has changed, come or gone. */
  readonly services: ReadonlyMap<string, string>;
  /** Of the checks of all nodes, which hide or show all services of one. */
  readonly nodes: string;
}

interface Waiter {
  readonly resolve: (marks: CheckMarks) => void;
  readonly reject: (error: unknown) => void;
}

/** Least time between two polls, in milliseconds: every answer holds the checks of all services. */
const leastBetweenMs = 200;

const oursAndNodes = `CheckID matches "^${checkIdPrefix}" or ServiceName == ""`;

/** One poll of all checks: tells many followers at once whether to read their service again. */
export class CheckPoll {
  readonly #store: ConsulStore;
  readonly #ending = new AbortController();
  readonly #waiters = new Set<Waiter>();
  #followers = 0;
  #marks: CheckMarks | undefined;
  #end: { readonly reason: unknown } | undefined;

  constructor(store: ConsulStore) {
    this.#store = store;
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  /** Whether it polls no more. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Goes on as long as somebody follows. */
  follow(): void {
    this.#followers += 1;
  }

  unfollow(): void {
    this.#followers -= 1;
    if (this.#followers === 0) this.#fail(new DOMException('nobody follows any more', 'AbortError'));
  }

  /** The marks, if they are others than `former`, else the next that are read. Rejects when the poll fails, or `signal` aborts. */
  next(former: CheckMarks | undefined, signal: AbortSignal): Promise<CheckMarks> {
    if (this.#end === undefined && this.#marks !== undefined && this.#marks !== former)
      return Promise.resolve(this.#marks);
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', abort);
      };
      const waiter: Waiter = {
        resolve: (marks) => {
          settle();
          resolve(marks);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      const abort = (): void => waiter.reject(signal.reason);
      if (this.#end !== undefined) reject(this.#end.reason);
      else if (signal.aborted) reject(signal.reason);
      else {
        this.#waiters.add(waiter);
        signal.addEventListener('abort', abort, { once: true });
      }
    });
  }

  /** Has all who wait look up, with nothing new. */
  nudge(): void {
    if (this.#marks !== undefined) this.#tell(this.#marks);
  }

  #tell(marks: CheckMarks): void {
    for (const waiter of this.#waiters) waiter.resolve(marks);
  }

  async #run(): Promise<never> {
    const { api, clock, waitMs } = this.#store;
    const { signal } = this.#ending;
    let { value, index } = await api.checks(oursAndNodes, signal);
    for (;;) {
      const startedAt = clock.now();
      const notBefore = startedAt + leastBetweenMs;
      // Also where nothing has changed: followers read again now and then in any case.
      this.#marks = marksOf(value);
      this.#tell(this.#marks);
      let next = await api.nextChecks(oursAndNodes, signal, { index, waitMs });
      // Woken with nothing new: as in ownPoll.
      if (next === undefined && clock.now() < startedAt + waitMs)
        next = unlessAt(index, await api.checks(oursAndNodes, signal));
      if (next !== undefined) {
        assertOnward(index, next.index);
        ({ value, index } = next);
      }
      await pause(clock, notBefore - clock.now(), signal);
    }
  }

  #fail(reason: unknown): void {
    this.#end ??= { reason };
    this.#ending.abort(reason);
    for (const waiter of this.#waiters) waiter.reject(this.#end.reason);
  }
}

/** How many checks there are, and which of them changed last: every change of one moves one of the two. */
function marksOf(checks: readonly StoredCheck[]): CheckMarks {
  const tallies = new Map<string, { count: number; newest: number }>();
  for (const { ServiceName, ModifyIndex } of checks) {
    const tally = tallies.get(ServiceName);
    if (tally === undefined) {
      tallies.set(ServiceName, { count: 1, newest: ModifyIndex });
      continue;
    }
    tally.count += 1;
    tally.newest = Math.max(tally.newest, ModifyIndex);
  }
  const services = new Map(Array.from(tallies, ([name, { count, newest }]) => [name, `${count} to ${newest}`]));
  return { services, nodes: services.get('') ?? '' };
}
