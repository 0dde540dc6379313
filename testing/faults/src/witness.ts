import { setTimeout as sleep } from 'node:timers/promises';
import { type Registry, RegistryError, type ServiceInstance, type ServiceSnapshot } from '@rollcall/core';

/** How often a witness lists: often enough that an absence between two renewals of any TTL is met. */
const listsEveryMs = 50;

/** What one reader saw, and when, on the clock of `performance`. */
export interface Sight {
  readonly by: 'watch' | 'list';
  /** When it came; of a list, when it was asked for too. */
  readonly at: number;
  readonly askedAt: number;
  readonly freshness: ServiceSnapshot['freshness'];
  readonly reason: ServiceSnapshot['reason'] | 'list';
  readonly ids: ReadonlySet<string>;
  readonly instances: readonly ServiceInstance[];
}

/** A time in which an id may be absent, and why it may is the test's to say. */
export interface Excuse {
  readonly from: number;
  readonly to: number;
}

/** Reads one service all the time, by a watch and by lists, each in a registry of its own, and keeps all that it was told. */
export class Witness implements AsyncDisposable {
  readonly service: string;
  readonly sights: Sight[] = [];
  readonly snapshots: ServiceSnapshot[] = [];
  readonly listErrors: unknown[] = [];
  readonly #ending = new AbortController();
  readonly #loops: Promise<unknown>;
  #watchEnd: unknown;

  /** @param lister none: it only watches */
  constructor(service: string, watcher: Registry, lister: Registry | undefined) {
    this.service = service;
    this.#loops = Promise.all([this.#watch(watcher), lister && this.#list(lister)]);
  }

  get latest(): ServiceSnapshot | undefined {
    return this.snapshots.at(-1);
  }

  /** The set that the deltas add up to, which must be the one that the latest snapshot shows (W2). */
  get folded(): ReadonlyMap<string, ServiceInstance> {
    const set = new Map<string, ServiceInstance>();
    for (const { delta } of this.snapshots) {
      for (const { id } of delta.removed) set.delete(id);
      for (const instance of [...delta.added, ...delta.updated]) set.set(instance.id, instance);
    }
    return set;
  }

  /** Where `id` was absent after it had been seen, and was not excused. */
  absencesOf(id: string, excuses: readonly Excuse[]): readonly Sight[] {
    const isAbsence = (sight: Sight): boolean =>
      !sight.ids.has(id) && !excuses.some(({ from, to }) => sight.at >= from && sight.askedAt <= to);
    return (['watch', 'list'] as const).flatMap((by) => {
      const sights = this.sights.filter((sight) => sight.by === by);
      const first = sights.findIndex(({ ids }) => ids.has(id));
      return first < 0 ? [] : sights.slice(first).filter(isAbsence);
    });
  }

  /** Where `id` was listed as live by who asked, or was told, after `deadline`. */
  presencesOf(id: string, deadline: number): readonly Sight[] {
    return this.sights.filter(
      ({ ids, askedAt, freshness }) => freshness === 'live' && askedAt > deadline && ids.has(id),
    );
  }

  /** Why the watch ended, if it did: it never may by itself (W6). */
  get watchEnd(): unknown {
    return this.#watchEnd;
  }

  /** What the lists failed with that no outage explains (D2, E1). */
  get oddErrors(): readonly unknown[] {
    return this.listErrors.filter((error) => !RegistryError.is(error, 'REGISTRY_UNAVAILABLE'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#loops;
  }

  async #watch(registry: Registry): Promise<void> {
    const { signal } = this.#ending;
    try {
      for await (const snapshot of registry.watch(this.service, { signal })) {
        const { freshness, reason, instances } = snapshot;
        const at = performance.now();
        this.snapshots.push(snapshot);
        this.sights.push({ by: 'watch', at, askedAt: at, freshness, reason, ids: idsOf(instances), instances });
      }
      this.#watchEnd = 'it ended by itself';
    } catch (error) {
      if (!signal.aborted) this.#watchEnd = error;
    }
  }

  async #list(registry: Registry): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const askedAt = performance.now();
      try {
        const instances = await registry.list(this.service, { signal });
        const [at, ids] = [performance.now(), idsOf(instances)];
        this.sights.push({ by: 'list', at, askedAt, freshness: 'live', reason: 'list', ids, instances });
      } catch (error) {
        if (!signal.aborted) this.listErrors.push(error);
      }
      await sleep(listsEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The ids of a list. */
export function idsOf(instances: readonly ServiceInstance[]): ReadonlySet<string> {
  return new Set(instances.map(({ id }) => id));
}
