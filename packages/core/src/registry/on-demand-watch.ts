import { deferred } from '../cancelling/deferred.ts';
import type { DriverEvent, RegistryDriver } from '../driver/registry-driver.ts';

type Next = IteratorResult<DriverEvent, undefined>;
type Events = AsyncIterator<DriverEvent, undefined>;

type Stage =
  | { readonly is: 'unopened' }
  | { readonly is: 'opening'; readonly opening: Promise<Events | undefined> }
  | { readonly is: 'open'; readonly events: Events }
  | { readonly is: 'over' };

/** What a watch is opened with. */
export interface OnDemandWatchTerms {
  /** Called by the first read. */
  readonly load: () => Promise<RegistryDriver>;
  readonly watch: (driver: RegistryDriver) => AsyncIterable<DriverEvent, undefined>;
}

/**
 * A watch whose driver is loaded by the first read. From then on every read is one of the driver's own watch. `return` ends it at
 * once, also while the driver is loading (W9): nothing is watched then.
 */
export class OnDemandWatch implements AsyncIterableIterator<DriverEvent, undefined, undefined> {
  readonly #terms: OnDemandWatchTerms;
  readonly #returned = deferred<Next>();
  #stage: Stage = { is: 'unopened' };

  constructor(terms: OnDemandWatchTerms) {
    this.#terms = terms;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Next> {
    if (this.#stage.is === 'unopened') this.#stage = { is: 'opening', opening: this.#opened() };
    switch (this.#stage.is) {
      case 'open':
        return this.#stage.events.next();
      case 'opening':
        return Promise.race([firstOf(this.#stage.opening), this.#returned.promise]);
      case 'over':
        return Promise.resolve(ended);
    }
  }

  async return(): Promise<Next> {
    if (this.#stage.is === 'open') await this.#stage.events.return?.();
    this.#stage = { is: 'over' };
    this.#returned.resolve(ended);
    return ended;
  }

  /** Nothing, if it has ended meanwhile. */
  async #opened(): Promise<Events | undefined> {
    const driver = await this.#terms.load();
    if (this.#stage.is === 'over') return undefined;
    const events = this.#terms.watch(driver)[Symbol.asyncIterator]();
    this.#stage = { is: 'open', events };
    return events;
  }
}

const ended: Next = Object.freeze({ done: true, value: undefined });

async function firstOf(opening: Promise<Events | undefined>): Promise<Next> {
  const events = await opening;
  return events === undefined ? ended : events.next();
}
