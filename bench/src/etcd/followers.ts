import type { ServiceSnapshot } from '@rollcall/core';
import { rangeOf } from './records.ts';
import type { TestBed } from './test-bed.ts';

/** Somebody who watches a service. */
export interface Follower extends AsyncDisposable {
  /** When it hears of the record of this version. To be called before that is put. */
  arrivalOf(version: string): Promise<number>;
}

/** Hands the moment of an arrival to whoever waits for it. */
class Arrivals {
  #waiting: { readonly version: string; readonly resolve: (at: number) => void } | undefined;

  wait(version: string): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting = { version, resolve };
    });
  }

  /** @param holds whether that is what came; looked up only after the moment was taken */
  came(at: number, holds: (version: string) => boolean): void {
    if (this.#waiting === undefined || !holds(this.#waiting.version)) return;
    this.#waiting.resolve(at);
    this.#waiting = undefined;
  }
}

/** A raw stream, on a connection of its own. Opened once the server has confirmed the watch. */
export async function openRawFollower(bed: TestBed, service: string): Promise<Follower> {
  const raw = bed.raw();
  const arrivals = new Arrivals();
  const stream = await raw.watches.watch();
  const confirmed = new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('data', ({ created, events }) => {
      const at = performance.now();
      if (created) resolve();
      arrivals.came(at, (version) => events.some(({ kv }) => kv.value.includes(`"version":"${version}"`)));
    });
  });
  stream.write({ create_request: rangeOf(service) });
  await confirmed;
  return {
    arrivalOf: (version) => arrivals.wait(version),
    async [Symbol.asyncDispose]() {
      stream.end();
      raw[Symbol.dispose]();
    },
  };
}

/** A reader of a registry's, on a connection of its own. Opened once it has read the set. */
export async function openRegistryFollower(bed: TestBed, service: string): Promise<Follower> {
  const registry = bed.registry();
  const arrivals = new Arrivals();
  const watcher = registry.watch(service);
  await watcher.next();
  const reading = (async () => {
    for (let read = await watcher.next(); read.done !== true; read = await watcher.next()) {
      const at = performance.now();
      const { value } = read;
      arrivals.came(at, (version) => tells(value, version));
    }
  })();
  return {
    arrivalOf: (version) => arrivals.wait(version),
    async [Symbol.asyncDispose]() {
      await registry.close();
      await reading;
    },
  };
}

function tells({ delta }: ServiceSnapshot, version: string): boolean {
  return delta.updated.some((instance) => instance.version === version);
}
