import type { ServiceSnapshot } from '@rollcall/core';
import { isPoll, listen } from './answers.ts';
import { entriesPath, pollPath } from './entries.ts';
import type { TestBed } from './test-bed.ts';

/** How a follower heard of a change. */
export interface Arrival {
  /** When the last byte of the answer had come. */
  readonly answeredAt: number;
  /** When it had been made something of. */
  readonly readAt: number;
}

/** Somebody who watches a service. */
export interface Follower extends AsyncDisposable {
  /** How it hears of the change to this version. To be called before that is made. */
  arrivalOf(version: string): Promise<Arrival>;
}

/** Of a poll; longer than any change lets itself be waited for. */
const waitMs = 15_000;

/** What tells the polls by hand from ours; Consul knows no such parameter. */
const mark = '&by=hand';

/** Hands arrivals to whoever waits for one. */
class Arrivals implements Disposable {
  readonly #listening: Disposable;
  #answeredAt = Number.NaN;
  #waiting: { readonly version: string; readonly resolve: (arrival: Arrival) => void } | undefined;

  constructor(by: 'hand' | 'registry') {
    this.#listening = listen(
      'answered',
      (path) => isPoll(path) && path.endsWith(mark) === (by === 'hand'),
      (at) => {
        this.#answeredAt = at;
      },
    );
  }

  wait(version: string): Promise<Arrival> {
    return new Promise((resolve) => {
      this.#waiting = { version, resolve };
    });
  }

  /** @param holds whether that is what came; looked up only after the moment was taken */
  came(readAt: number, holds: (version: string) => boolean): void {
    if (this.#waiting === undefined || !holds(this.#waiting.version)) return;
    this.#waiting.resolve({ answeredAt: this.#answeredAt, readAt });
    this.#waiting = undefined;
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}

/** A loop of blocking queries that parses what it reads, and does nothing else, on a connection of its own. */
export async function openRawFollower(bed: TestBed, service: string): Promise<Follower> {
  const raw = bed.raw(1);
  const arrivals = new Arrivals('hand');
  let { index } = await raw.get(entriesPath(service));
  const reading = (async () => {
    for (;;) {
      const answer = await raw.get(`${pollPath(service, index, waitMs)}${mark}`);
      if (answer.index === index) continue;
      ({ index } = answer);
      JSON.parse(answer.text);
      arrivals.came(performance.now(), (version) => answer.text.includes(`"version":"${version}"`));
    }
  })().catch(() => undefined); // disposed of
  return {
    arrivalOf: (version) => arrivals.wait(version),
    async [Symbol.asyncDispose]() {
      await raw[Symbol.asyncDispose]();
      await reading;
      arrivals[Symbol.dispose]();
    },
  };
}

/** A reader of a registry's, on connections of its own. Opened once it has read the set. */
export async function openRegistryFollower(bed: TestBed, service: string): Promise<Follower> {
  const registry = bed.registry({ waitMs });
  const arrivals = new Arrivals('registry');
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
      arrivals[Symbol.dispose]();
    },
  };
}

function tells({ delta }: ServiceSnapshot, version: string): boolean {
  return delta.updated.some((instance) => instance.version === version);
}
