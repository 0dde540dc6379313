import type { InstancePatch, ServiceInstance } from '../instance/instance.ts';
import type { CallOptions } from '../registry/call-options.ts';

/** What happens to a newcomer when (service, id) is held by a live entry of somebody else. */
export type OnConflict = 'replace' | 'reject';

/** The terms of a registration. Unknown keys are refused with a `TypeError` (I6). */
export interface RegisterOptions extends CallOptions {
  /**
   * How long the entry outlives its owner's last renewal, in milliseconds; raised to what the backend can grant (L1).
   * @defaultValue 15_000
   */
  readonly ttlMs?: number | undefined;
  /** Whether to take over an id that a live entry of somebody else holds (R3), or to be rejected (R4). @defaultValue 'replace' */
  readonly onConflict?: OnConflict | undefined;
  /** What a first registration does while the backend is out of reach: reject (E3), or go on with backoff until `signal` (R9). @defaultValue 'reject' */
  readonly onUnavailable?: 'reject' | 'retry' | undefined;
  /** What happens when the lease is lost while the handle is open (R6). @defaultValue 'reregister' */
  readonly onLost?: 'reregister' | 'close' | undefined;
  /** Called for every state change, in order, and nothing at birth (L7). What it throws goes to diagnostics. */
  readonly onStateChange?: ((change: RegistrationStateChange) => void) | undefined;
}

/**
 * `active`: renewed in time. `suspect`: a renewal failed, the lease may still live. `lost`: past the deadline, or told so;
 * others may no longer see the instance. `closed`: over, by close() or by a terminal cause.
 */
export type RegistrationState = 'active' | 'suspect' | 'lost' | 'closed';

/** One step of a registration's life (L7). */
export interface RegistrationStateChange {
  /** The state that is over. */
  readonly from: RegistrationState;
  /** The state that follows it. Never the same. */
  readonly to: RegistrationState;
  /** Why, where there is a reason to tell: the failure of a renewal, the loss, the end. */
  readonly cause?: unknown;
}

/** A lease as its owner may believe in it (L5). */
export interface Lease {
  /** The backend's own name of the lease, for logs. Another one after each re-registration (R6). */
  readonly id: string;
  /** As granted, in milliseconds: never less than asked for (L1). */
  readonly ttlMs: number;
  /** Aborts when this lease is over: lost, superseded or closed (L8). For work that only the owner may do. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds for which the owner may still believe in it, counted from before the last good renewal was sent.
   * Read anew each time; 0 once over. After a re-registration `registration.lease` is another object.
   */
  readonly remainingMs: number;
}

/** Owned by whoever registered. The only object that can change or end the entry. Disposing closes. */
export interface Registration extends AsyncDisposable {
  /** What the owner wants the entry to be: the newest, also while the backend does not hold it yet (R5). */
  readonly instance: ServiceInstance;
  /** How it stands now. `onStateChange` tells each step (L7). */
  readonly state: RegistrationState;
  /** The lease it holds, or held last: another object after each re-registration (R6). */
  readonly lease: Lease;
  /** Resolves when the registration is over, with the cause unless it was closed by its owner; never rejects. */
  readonly closed: Promise<{ readonly cause?: unknown }>;
  /**
   * Changes the entry in place: no gap, same lease (R5). `instance` shows the patch at once; the promise resolves when the
   * backend holds it. A failure or the signal ends the wait, not the change: it is written again with each renewal.
   * @throws TypeError for a bad patch, before anything is sent; RegistryError `REGISTRY_UNAVAILABLE`, `REGISTRY_FORBIDDEN`,
   * `LEASE_NOT_FOUND` once the registration is closed, `REGISTRY_CLOSED` once the registry is.
   */
  update(patch: InstancePatch, options?: CallOptions): Promise<void>;
  /**
   * Ends the registration at once and deregisters (R7). Idempotent and shared; if it fails it may be called again, and the
   * TTL is the backstop. @throws RegistryError `REGISTRY_UNAVAILABLE` when the backend does not answer.
   */
  close(options?: CallOptions): Promise<void>;
}
