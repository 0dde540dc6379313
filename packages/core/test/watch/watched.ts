import type { DiagnosticEvent } from '../../src/diagnostics/diagnostics.ts';
import { RegistryError, type RegistryErrorCode } from '../../src/errors/registry-error.ts';
import { createRegistry } from '../../src/registry/create-registry.ts';
import type { Registry } from '../../src/registry/registry.ts';
import type { ServiceSnapshot, Watcher } from '../../src/watch/watcher.ts';
import { type CountingClock, countingClock } from '../counting-clock.ts';
import { ScriptedDriver } from '../scripted-driver.ts';

/** A registry on a scripted driver, to be watched. */
export interface Bench {
  readonly clock: CountingClock;
  readonly driver: ScriptedDriver;
  readonly registry: Registry;
  /** What diagnostics were told, oldest first. */
  readonly told: readonly DiagnosticEvent[];
}

export function bench(random: () => number = () => 0.5): Bench {
  const clock = countingClock();
  const driver = new ScriptedDriver();
  const told: DiagnosticEvent[] = [];
  const registry = createRegistry(driver, { clock, random, onDiagnostic: (event) => told.push(event) });
  return { clock, driver, registry, told };
}

/** A reader that reads on and on, and what it has read. */
export interface Following {
  readonly watcher: Watcher;
  readonly snapshots: readonly ServiceSnapshot[];
  /** The same in brief, but only what has come since it was asked last. */
  news(): readonly string[];
  /** How it ended: `done`, or with what it threw; undefined while it has not. */
  end: 'done' | { readonly error: unknown } | undefined;
}

/** Reads until it ends. The first read is under way when this returns. */
export function follow(watcher: Watcher): Following {
  const snapshots: ServiceSnapshot[] = [];
  let told = 0;
  const following: Following = {
    watcher,
    snapshots,
    news: () => {
      const news = snapshots.slice(told).map(brief);
      told = snapshots.length;
      return news;
    },
    end: undefined,
  };
  void read();
  return following;

  async function read(): Promise<void> {
    try {
      for await (const snapshot of watcher) snapshots.push(snapshot);
      following.end = 'done';
    } catch (error) {
      following.end = { error };
    }
  }
}

/** `change live a2 b1: +b1 ~a2 -c1`: why, how fresh, the set, and what of it is new. */
export function brief({ reason, freshness, instances, delta }: ServiceSnapshot): string {
  const name = ({ id, version }: { readonly id: string; readonly version?: string | undefined }): string =>
    `${id}${version}`;
  const news = [
    ...delta.added.map((one) => `+${name(one)}`),
    ...delta.updated.map((one) => `~${name(one)}`),
    ...delta.removed.map((one) => `-${name(one)}`),
  ];
  const set = instances.map(name).join(' ') || 'none';
  return `${reason} ${freshness} ${set}${news.length === 0 ? '' : `: ${news.join(' ')}`}`;
}

/** A failure of the backend's. */
export function failure(code: RegistryErrorCode = 'REGISTRY_UNAVAILABLE'): RegistryError {
  return new RegistryError(code, code);
}

/** The backend is out of reach: the stream breaks, and none can be opened until `reach`. */
export function cut(driver: ScriptedDriver, error: unknown = failure()): void {
  driver.script.watch = (service, options) => {
    const watch = driver.open(service, options);
    watch.fail(error);
    return watch;
  };
  driver.watches.at(-1)?.fail(error);
}

/** Streams can be opened again, and then wait for what the test says. */
export function reach(driver: ScriptedDriver): void {
  driver.script.watch = (service, options) => driver.open(service, options);
}
