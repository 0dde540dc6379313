import type { Clock, OnConflict, Registrar, ServiceInstanceInit } from '@rollcall/core';
import type { Advertise } from './address/advertise.ts';
import type { ProviderDiagnosticEvent, ProviderStateChange } from './life.ts';
import type { StopSignal } from './stopping/stop-requests.ts';

/**
 * The fields of the instance, but for its address and its status, and how it comes and goes. Unknown keys are refused with a
 * `TypeError`.
 */
export interface ProvideOptions extends Omit<ServiceInstanceInit, 'endpoints' | 'status'> {
  /** Where it is registered: a registry, or the part of one that providers use. It stays yours to close, after `stopped`. */
  readonly registrar: Registrar;
  /** What others are told in place of where the server listens. @defaultValue the address on which it can be reached, by rule */
  readonly advertise?: Advertise | undefined;
  /**
   * Called when the instance is registered as `starting`; it is `up` when that resolves. A rejection deregisters and is
   * what `provide` rejects with. Its `signal` aborts when nobody waits for it any more. @defaultValue none: `up` from the start
   */
  readonly ready?: ((options: { readonly signal: AbortSignal }) => unknown) | undefined;
  /**
   * What stops it, and then ends the process. The first starts the stop, each further one hastens it; those within half a
   * second of the last count as the same. `[]` leaves the process alone. @defaultValue ['SIGTERM', 'SIGINT']
   */
  readonly signals?: readonly StopSignal[] | undefined;
  /** How long it goes on serving once callers were told to go elsewhere, in milliseconds; 0 or more. @defaultValue 2_000 */
  readonly drainMs?: number | undefined;
  /** How long requests under way may take to be answered before they are cut, in milliseconds. @defaultValue 10_000 */
  readonly closeTimeoutMs?: number | undefined;
  /** How long each of the two calls to the registry may take while it stops, in milliseconds. @defaultValue 5_000 */
  readonly registryTimeoutMs?: number | undefined;
  /** How long the process may take to end by itself after a stop by signal, in milliseconds; then it is ended. @defaultValue 5_000 */
  readonly exitAfterMs?: number | undefined;
  /** How long the entry outlives a provider that fell silent, in milliseconds; raised to what the backend grants (L1). @defaultValue 15_000 */
  readonly ttlMs?: number | undefined;
  /** Whether to take over an id that a live entry of somebody else holds (R3), or to be rejected (R4). @defaultValue 'replace' */
  readonly onConflict?: OnConflict | undefined;
  /** Whether a start while the registry is out of reach is rejected (E3), or goes on until it succeeds or is aborted (R9). @defaultValue 'reject' */
  readonly onUnavailable?: 'reject' | 'retry' | undefined;
  /** Cancels the start, which deregisters and rejects with `signal.reason`. The server is left as it is. @defaultValue none */
  readonly signal?: AbortSignal | undefined;
  /** Called for every state change, in order, and nothing at birth. What it throws goes to `onDiagnostic`. @defaultValue none */
  readonly onStateChange?: ((change: ProviderStateChange) => void) | undefined;
  /** What goes wrong and stops nothing. What it throws is dropped. @defaultValue none */
  readonly onDiagnostic?: ((event: ProviderDiagnosticEvent) => void) | undefined;
  /** What the waits follow. @defaultValue systemClock */
  readonly clock?: Clock | undefined;
}
