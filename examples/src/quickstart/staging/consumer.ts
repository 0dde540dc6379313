import { once, EventEmitter } from 'node:events';
import type { Registry, ServiceInstance, ServiceSnapshot } from '@rollcall/core';
import { service } from '../providing/provider.ts';
import type { RunRecord, Sighting } from './run-record.ts';

/** How long something is waited for. */
export interface Patience {
  readonly withinMs: number;
  /** Ends it earlier. */
  readonly signal: AbortSignal;
}

/** Finds providers, and keeps on finding them: reads the service's watch, and notes what it sees. */
export class Consumer {
  readonly #registry: Registry;
  readonly #record: RunRecord;
  readonly #told = new EventEmitter();
  readonly #following: Promise<void>;

  /** @param onSnapshot hears of each snapshot as it is read */
  constructor(registry: Registry, record: RunRecord, onSnapshot: (snapshot: ServiceSnapshot) => void) {
    this.#registry = registry;
    this.#record = record;
    this.#following = this.#follow(onSnapshot);
  }

  /** What the backend itself lists now. */
  list(): Promise<readonly ServiceInstance[]> {
    return this.#registry.list(service);
  }

  /** The last sighting, or the next one, that shows what is waited for. @throws Error when none does in time */
  async sees(
    what: string,
    shows: (snapshot: ServiceSnapshot) => boolean,
    { withinMs, signal: earlier }: Patience,
  ): Promise<Sighting> {
    const signal = AbortSignal.any([earlier, AbortSignal.timeout(withinMs)]);
    for (;;) {
      earlier.throwIfAborted();
      const last = this.#record.sightings.at(-1);
      if (last !== undefined && shows(last.snapshot)) return last;
      await once(this.#told, 'sighting', { signal }).catch((cause: unknown) => {
        throw new Error(`The consumer did not see that ${what} within ${withinMs} ms.`, { cause });
      });
    }
  }

  /** Ends the watch and the connection. */
  async close(): Promise<void> {
    await this.#registry.close();
    await this.#following;
  }

  /**
   * Ends when the registry closes. An outage of the backend does not end it but shows as `freshness: 'stale'`; it rejects
   * only where going on makes no sense, such as for lack of rights, and then the process may as well end.
   */
  async #follow(onSnapshot: (snapshot: ServiceSnapshot) => void): Promise<void> {
    for await (const snapshot of this.#registry.watch(service)) {
      this.#record.sightings.push({ atMs: this.#record.now(), snapshot });
      onSnapshot(snapshot);
      this.#told.emit('sighting');
    }
  }
}
