import type { ServiceInstance } from '@rollcall/core';
import type { InstanceSource } from '../instance-source.ts';

/**
 * What a set is worth. `unknown`: nobody has said anything yet, and it is empty. `live`: as the registry has it. `held`: the same, and
 * those that are missed. `stale`: the registry is out of reach, the last one known. `disk`: it has not answered yet, from the snapshot.
 * `expired`: out of reach for longer than `maxStaleMs`, and it is empty. `overridden`: from a file or a variable. `closed`: nobody
 * follows it any more, after `forget` or `close`, and it stays as it was.
 */
export type CachedState = 'unknown' | 'live' | 'held' | 'stale' | 'disk' | 'expired' | 'overridden' | 'closed';

/** One service of a cache. */
export interface CachedService extends InstanceSource {
  /** What the set is worth now. Synchronous. */
  readonly state: CachedState;
}

/** One line of what an operator wants to see. */
export interface CachedServiceReport {
  /** The service. */
  readonly service: string;
  /** What its set is worth. */
  readonly state: CachedState;
  /** How many instances are served, of every status. */
  readonly instances: number;
  /** How many of them the registry does not list any more. */
  readonly held: number;
  /** For how long the registry has been out of reach, in milliseconds; 0 while it answers, and where it is not asked. */
  readonly awayMs: number;
}

/** Options of `ready`. */
export interface ReadyOptions {
  /** Whose sets have to be known; whoever was not asked for yet is from now on. @defaultValue every service that was asked for */
  readonly services?: readonly string[] | undefined;
  /** How long to wait, in milliseconds. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait: it rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A view of the services that a program calls, which answers synchronously and survives the registry. Its watches keep the process
 * alive until it is closed (C4); one that watches nothing, as all is overridden, does not. Disposing closes.
 */
export interface ServiceCache extends AsyncDisposable {
  /**
   * The handle of `service`, the same for each call. The first one opens a watch.
   * @throws TypeError for a bad name; RegistryError `REGISTRY_CLOSED` for a service that a closed cache does not know
   */
  service(service: string): CachedService;
  /** The set of `service` now: `service(service).instances`. Empty while nothing is known of it: see `ready`. @throws as `service` */
  instances(service: string): readonly ServiceInstance[];
  /**
   * Resolves once something is known of every service that was asked for, or of some of them: from the registry, from disk or from overrides. An empty
   * set that the registry has told is known.
   * @throws TypeError for a bad option, and for overrides that cannot be read at the start; RegistryError `REGISTRY_UNAVAILABLE` after
   * `timeoutMs`, naming the services; `REGISTRY_CLOSED`; and what ends a watch before its first read, such as `REGISTRY_FORBIDDEN`
   */
  ready(options?: ReadyOptions): Promise<void>;
  /** Every service that was asked for, sorted by name. */
  report(): readonly CachedServiceReport[];
  /**
   * Follows `service` no more: its watch ends, and it leaves the report and the snapshot. A handle that is still held keeps its last set
   * for ever, as `closed`; so close balancers on it first. Who asks for the service again gets a new handle. Synchronous; a service that
   * nobody has asked for is forgotten already.
   */
  forget(service: string): void;
  /**
   * Ends the watches, and writes the snapshot a last time. The handles keep their last sets, as `closed`. Idempotent and shared; never
   * rejects. The registry stays yours to close, afterwards.
   */
  close(): Promise<void>;
}
