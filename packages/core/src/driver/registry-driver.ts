import type { ServiceInstance } from '../instance/instance.ts';
import type { OnConflict } from '../registration/registration.ts';
import type { Clock } from '../time/clock.ts';

/** What core hands to every call of a driver. */
export interface DriverCallOptions {
  /**
   * When it aborts, the call rejects at once with `signal.reason`, and a watch throws it. Core also bounds each call in
   * time by it (E3). Read it only where it is needed: core makes the signal when it is first read.
   */
  readonly signal: AbortSignal;
}

/** What a backend can do, frozen. The conformance suite reads it; nothing else may excuse a backend from a case. */
export interface BackendCapabilities {
  /** Which TTLs are granted, and how late they may end. */
  readonly lease: {
    /** Shortest TTL granted; a shorter ask is raised to it (L1). */
    readonly minTtlMs: number;
    /** Longest TTL granted; a longer ask is a `TypeError` (L1). */
    readonly maxTtlMs: number;
    /** TTLs are rounded up to this (L1). */
    readonly granularityMs: number;
    /** At most this long after its TTL an unrenewed entry is still listed, while the backend is healthy (L3). */
    readonly maxExpiryLagMs: number;
  };
  /** What `onConflict` may ask for (R4). */
  readonly conflict: readonly OnConflict[];
  /** `atomic`: no write can cross another owner's. `checked`: it is looked up first, and writes that cross within one round trip may. */
  readonly fencing: 'atomic' | 'checked';
}

/** A record that could not be decoded. Left out of the set; core reports each key once (D5). */
export interface MalformedRecord {
  /** The backend's own name of the record. */
  readonly key: string;
  /** What `put` and `removedIds` will call it once it decodes or is gone: the instance's id where the key tells it. A driver that only sends snapshots may leave it out. @defaultValue `key` */
  readonly id?: string | undefined;
  /** Why it could not be decoded: the `error` of the diagnostic (D5). */
  readonly error: unknown;
}

/** The complete set of one service at one moment of the backend (W2). */
export interface DriverSnapshot {
  readonly type: 'snapshot';
  /** In any order, each id once. */
  readonly instances: readonly ServiceInstance[];
  /** The records of the service that stand and cannot be decoded (D5). @defaultValue none */
  readonly malformed?: readonly MalformedRecord[] | undefined;
}

/** One atomic step of the backend, in its order: applied whole or not at all (W2, W3). */
export interface DriverChanges {
  readonly type: 'changes';
  /** What stands now, new or changed. An id that is also in `removedIds` stands. */
  readonly put: readonly ServiceInstance[];
  /** Also the ids whose record became malformed, and the `id` of malformed records that are gone. */
  readonly removedIds: readonly string[];
  /** The records that this step wrote and that cannot be decoded (D5). @defaultValue none */
  readonly malformed?: readonly MalformedRecord[] | undefined;
}

/** A backend speaks its own language: etcd sends changes, Consul sends snapshots. Core folds both. */
export type DriverEvent = DriverSnapshot | DriverChanges;

/** One granted lease with the entry that stands under it. */
export interface DriverLease {
  /** The backend's own name of the lease. Owners see it as `Lease.id`. */
  readonly id: string;
  /** As granted: never less than asked for (L1). */
  readonly ttlMs: number;
  /**
   * Succeeds only if the lease lives AND the entry is present and still this lease's (L6).
   * @throws RegistryError `LEASE_SUPERSEDED` only if a live entry of another owner stands; `LEASE_NOT_FOUND` if it is
   * absent or under another lease of this owner.
   */
  renew(options: DriverCallOptions): Promise<void>;
  /** Rewrites the entry under this lease, in place, on condition that it still is what was written last (R5). @throws as `renew` */
  update(instance: ServiceInstance, options: DriverCallOptions): Promise<void>;
  /** Ends the lease, and the entry only if it is still this lease's. Already gone is success. */
  revoke(options: DriverCallOptions): Promise<void>;
}

/** The terms of one attempt to register. */
export interface DriverRegisterOptions extends DriverCallOptions {
  /**
   * A driver that cannot reject atomically looks first and then writes, and does not list 'reject' among its capabilities. It is
   * asked to reject all the same: registering again does (R6).
   */
  readonly onConflict: OnConflict;
  /** Random, one for each Registration, the same for all its attempts, stored in the entry. An entry of the same owner is never a conflict. */
  readonly owner: string;
}

/**
 * The whole of what a backend author writes. No retries, no caches, no state about leases' health or sets: core owns those.
 * What belongs to the connection is the driver's: its streams, batches, cursors, and noticing a peer that fell silent (W7).
 */
export interface RegistryDriver extends AsyncDisposable {
  /** Name of the backend: `memory`, `etcd`, `consul`. */
  readonly name: string;
  /** What this backend can do. Never changes. */
  readonly capabilities: BackendCapabilities;
  /** For messages: where the backend is, without credentials (E2). */
  readonly address: string;
  /**
   * The clock that the backend's leases expire on, where that is one of this process, or of this machine if the driver itself
   * judges what has expired (T1): the registry follows the same. A backend of its own time, such as a server, leaves it out.
   */
  readonly clock?: Clock | undefined;
  /**
   * Grants a lease and writes the entry under it, as one fenced step (R1–R4, R8). Where it fails after something was
   * sent, its signal aborted or its answer lost, nobody but the driver knows what may have been written: the driver removes that at
   * once if it can, and its TTL does if not (R2). Core starts the next attempt only when the former has settled, and never aborts this call
   * to close: it waits in the background and revokes (R7). Disposing the driver ends what is still under way.
   */
  register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease>;
  /** The live instances of `service`, read from the backend now, as fresh as R1 needs (D1). Unknown service: an empty snapshot. */
  list(service: string, options: DriverCallOptions): Promise<DriverSnapshot>;
  /** Names of the services for which `list` would not be empty, in any order (D4). */
  services(options: DriverCallOptions): Promise<readonly string[]>;
  /**
   * First a snapshot, then what follows it without a gap. A driver that lost continuity throws, it never goes on;
   * core reopens with backoff, and the snapshot that opens a later stream is the resync. Ends only by throwing.
   */
  watch(service: string, options: DriverCallOptions): AsyncIterable<DriverEvent>;
}

/** What a driver is opened with. */
export interface DriverContext {
  /** The registry's clock: the only source of time (T1). */
  readonly clock: Clock;
}
