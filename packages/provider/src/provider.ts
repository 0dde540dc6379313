import type { Registration } from '@rollcall/core';
import type { ProviderState } from './life.ts';
import type { StopSignal } from './stopping/stop-requests.ts';

/** Why a provider has stopped: `stop()` was called, a signal came, or somebody else closed the server. */
export type StopCause =
  | { readonly type: 'asked' }
  | { readonly type: 'signal'; readonly signal: StopSignal }
  | { readonly type: 'server-closed' };

/** A server that is up and registered. The only object that can stop it in good order. Disposing stops. */
export interface Provider extends AsyncDisposable {
  /** The entry, for updates such as a new weight, and to see how its lease stands. */
  readonly registration: Registration;
  /** How far it is. `onStateChange` tells each step. */
  readonly state: ProviderState;
  /** Resolves when it has stopped, with the first cause; never rejects. Close here what requests needed, such as a pool. */
  readonly stopped: Promise<StopCause>;
  /**
   * Drains, closes the server and deregisters, in this order. Idempotent and shared; resolves when all is done and never
   * rejects: what failed on the way is told to `onDiagnostic`, and an entry that could not be removed is left to its TTL.
   */
  stop(): Promise<void>;
  /** Ends the wait that is under way: first the drain, then that for requests, which are cut. Nothing before `stop`. */
  hasten(): void;
}
