import { RegistryError, type ServiceInstance } from '@rollcall/core';
import { isSameOverride, noOverrides, type Overrides } from '../overrides/overrides-format.ts';
import { OverridesFile } from '../overrides/overrides-file.ts';
import { CacheDiagnostics } from './cache-diagnostics.ts';
import { CacheDisk } from './cache-disk.ts';
import { Follower } from './follower.ts';
import { type Readiness, ReadyWaits } from './ready-waits.ts';
import { type CellTerms, ServiceCell } from './service-cell.ts';
import type { CachedService, CachedServiceReport, ReadyOptions, ServiceCache } from './service-cache.ts';
import type { ServiceCacheOptions } from './service-cache-options.ts';
import {
  checkedService,
  overridesVariable,
  readyTerms,
  serviceCacheTerms,
  type ServiceCacheTerms,
} from './service-cache-terms.ts';

/**
 * A cache of the services that a program calls. Files are read in the background, and watches opened: wait for `ready`.
 * @throws TypeError for a bad option, and for a variable with overrides that cannot be read, naming it
 */
export function openServiceCache(options: ServiceCacheOptions): ServiceCache {
  return new OpenServiceCache(serviceCacheTerms(options));
}

/** One service, and the watch that feeds it unless it is overridden. */
interface Followed {
  readonly cell: ServiceCell;
  follower?: Follower | undefined;
}

class OpenServiceCache implements ServiceCache {
  readonly #terms: ServiceCacheTerms;
  readonly #diagnostics: CacheDiagnostics;
  readonly #cellTerms: CellTerms;
  readonly #services = new Map<string, Followed>();
  readonly #waits: ReadyWaits;
  readonly #disk: CacheDisk | undefined;
  readonly #file: OverridesFile | undefined;
  /** What is overridden; undefined until the file is read for the first time, and then nobody is asked yet. */
  #overrides: Overrides | undefined;
  #refusal: { readonly error: unknown } | undefined;
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor(terms: ServiceCacheTerms) {
    this.#terms = terms;
    const { clock, wallClock, maxStaleMs, protection, snapshot, overrides, overridesFile } = terms;
    const diagnostics = new CacheDiagnostics(terms.onDiagnostic);
    this.#diagnostics = diagnostics;
    this.#waits = new ReadyWaits(clock);
    const afterMs = snapshot?.afterMs;
    const changed = (): void => this.#changed();
    this.#cellTerms = { clock, wallClock, maxStaleMs, protection, afterMs, diagnostics, changed };
    this.#disk = snapshot && this.#openDisk(snapshot);
    this.#tellOverrides(overridesVariable, overrides);
    if (overridesFile === undefined) this.#overrides = overrides;
    else this.#file = this.#openOverrides(overridesFile);
    for (const service of terms.services) this.service(service);
  }

  service(service: string): CachedService {
    const known = this.#services.get(service);
    if (known !== undefined) return known.cell;
    const name = checkedService(service);
    if (this.#isClosed) throw closed();
    const followed: Followed = { cell: new ServiceCell(name, this.#cellTerms) };
    this.#services.set(name, followed);
    const saved = this.#disk?.found(name);
    if (saved !== undefined) followed.cell.offer(saved);
    if (this.#overrides !== undefined) this.#direct(followed, this.#overrides.get(name));
    return followed.cell;
  }

  instances(service: string): readonly ServiceInstance[] {
    return (this.#services.get(service)?.cell ?? this.service(service)).instances;
  }

  async ready(options?: ReadyOptions): Promise<void> {
    const { services, timeoutMs, signal } = readyTerms(options);
    for (const service of services ?? []) this.service(service);
    const isAwaited = (service: string): boolean => services?.includes(service) ?? true;
    await this.#waits.wait({
      timeoutMs,
      signal,
      readiness: () => this.#readiness(isAwaited),
      late: () => this.#late(timeoutMs, isAwaited),
    });
  }

  report(): readonly CachedServiceReport[] {
    const reports = Array.from(this.#services.values(), ({ cell }) => cell.report);
    return reports.toSorted((a, b) => (a.service < b.service ? -1 : 1));
  }

  forget(service: string): void {
    const followed = this.#services.get(service);
    if (followed === undefined || this.#isClosed) return;
    this.#services.delete(service);
    release(followed);
    this.#disk?.forget(service);
    this.#waits.look();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    this.#file?.close();
    for (const followed of this.#services.values()) release(followed);
    this.#waits.look();
    await this.#disk?.close();
  }

  #openDisk(snapshot: NonNullable<ServiceCacheTerms['snapshot']>): CacheDisk {
    const { clock, wallClock } = this.#terms;
    return new CacheDisk({
      snapshot,
      clock,
      wallClock,
      diagnostics: this.#diagnostics,
      loaded: () => this.#offerFound(),
      collect: () => [...this.#services.values()].flatMap(({ cell }) => cell.saved ?? []),
    });
  }

  #offerFound(): void {
    if (this.#isClosed) return;
    for (const { cell } of this.#services.values()) {
      const saved = this.#disk?.found(cell.service);
      if (saved !== undefined) cell.offer(saved);
    }
    this.#changed();
  }

  #openOverrides(path: string): OverridesFile {
    return new OverridesFile(path, this.#terms.clock, {
      read: (read) => {
        this.#refusal = undefined;
        this.#tellOverrides(path, read);
        this.#redirect(new Map([...read, ...this.#terms.overrides]));
      },
      refused: (error) => {
        this.#refusal = { error };
        this.#diagnostics.report({ type: 'overrides-refused', origin: path, error });
        this.#waits.look();
      },
    });
  }

  #tellOverrides(origin: string, overrides: Overrides): void {
    if (overrides.size === 0 && (this.#overrides ?? noOverrides).size === 0) return;
    this.#diagnostics.report({ type: 'overrides-read', origin, services: [...overrides.keys()] });
  }

  /** Other overrides hold from now on. */
  #redirect(overrides: Overrides): void {
    const former = this.#overrides;
    this.#overrides = overrides;
    for (const [service, followed] of this.#services) {
      const instances = overrides.get(service);
      if (former === undefined || !isSameOverride(former.get(service), instances)) this.#direct(followed, instances);
    }
    this.#waits.look();
  }

  /** Follows the registry, or whoever is named instead. */
  #direct(followed: Followed, instances: readonly ServiceInstance[] | undefined): void {
    const { cell } = followed;
    const { discovery, clock } = this.#terms;
    followed.follower?.stop();
    followed.follower = undefined;
    cell.override(instances);
    if (instances !== undefined || discovery === undefined) return;
    cell.begin();
    followed.follower = new Follower(discovery, cell.service, clock, {
      read: (snapshot) => cell.read(snapshot),
      failed: (error) => cell.fail(error),
      ended: () => cell.end(),
    });
  }

  #changed(): void {
    this.#disk?.changed();
    this.#waits.look();
  }

  #readiness(isAwaited: (service: string) => boolean): Readiness {
    if (this.#isClosed) return { is: 'failed', error: closed() };
    if (this.#overrides === undefined)
      return this.#refusal === undefined ? { is: 'waiting' } : { is: 'failed', error: this.#refusal.error };
    const unknown = this.#unknown(isAwaited);
    if (unknown.length === 0) return { is: 'ready' };
    const failure = unknown.find((cell) => cell.failure !== undefined)?.failure;
    const mayComeFromDisk = this.#disk?.isLoaded === false;
    return failure === undefined || mayComeFromDisk ? { is: 'waiting' } : { is: 'failed', error: failure.error };
  }

  #unknown(isAwaited: (service: string) => boolean): readonly ServiceCell[] {
    return Array.from(this.#services.values(), ({ cell }) => cell).filter(
      ({ service, state }) => (state === 'unknown' || state === 'expired') && isAwaited(service),
    );
  }

  #late(timeoutMs: number, isAwaited: (service: string) => boolean): RegistryError {
    const names = this.#unknown(isAwaited).map(({ service }) => JSON.stringify(service));
    const { discovery, snapshot } = this.#terms;
    const silent =
      discovery === undefined ? 'nothing overrides it, and there is no registry to ask' : 'the registry did not answer';
    const disk = snapshot === undefined ? '' : `, and ${snapshot.path} has nothing that is young enough`;
    return new RegistryError(
      'REGISTRY_UNAVAILABLE',
      `The cache is not ready after ${timeoutMs} ms: nothing is known of ${names.join(', ')}: ${silent}${disk}.`,
    );
  }
}

function release({ cell, follower }: Followed): void {
  follower?.stop();
  cell.close();
}

function closed(): RegistryError {
  return new RegistryError('REGISTRY_CLOSED', 'The service cache is closed.');
}
