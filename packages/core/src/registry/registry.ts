import type { BackendCapabilities } from '../driver/registry-driver.ts';
import type { ServiceInstance, ServiceInstanceInit } from '../instance/instance.ts';
import type { RegisterOptions, Registration } from '../registration/registration.ts';
import type { Watcher } from '../watch/watcher.ts';
import type { CallOptions } from './call-options.ts';

/** Options of a watcher. */
export interface WatchOptions {
  /** Ends the watcher: its pending and later reads reject with `signal.reason` (C1). */
  readonly signal?: AbortSignal | undefined;
}

/** The part of a registry that providers use. */
export interface Registrar {
  /**
   * Resolves once every other client of the backend can see the instance (R1), with the handle that renews it until closed.
   * @throws TypeError for a bad instance or option, before anything is sent (I6); RegistryError
   * `INSTANCE_ALREADY_REGISTERED` (R4), `REGISTRY_UNSUPPORTED`, `REGISTRY_FORBIDDEN`, `REGISTRY_CLOSED`, and
   * `REGISTRY_UNAVAILABLE` within `callTimeoutMs` (E3) unless `onUnavailable` is `'retry'` (R9).
   */
  register(instance: ServiceInstanceInit, options?: RegisterOptions): Promise<Registration>;
}

/** The part of a registry that consumers use. */
export interface Discovery {
  /**
   * The live instances of `service`, sorted by `id` (in UTF-16 code units), read from the backend now (D1).
   * Unknown service: `[]`. Every status is in it; choosing is the caller's business (D3).
   * @throws RegistryError `REGISTRY_UNAVAILABLE` when the backend does not answer: never `[]` instead (D2).
   */
  list(service: string, options?: CallOptions): Promise<readonly ServiceInstance[]>;
  /** Names with at least one live instance, sorted (D4). @throws RegistryError as `list` */
  services(options?: CallOptions): Promise<readonly string[]>;
  /** Returns at once; opening happens behind the first read (W1). @throws TypeError for a bad name, at once */
  watch(service: string, options?: WatchOptions): Watcher;
}

/** A client of one backend. Disposing closes. */
export interface Registry extends Registrar, Discovery, AsyncDisposable {
  /** Name of the backend: `memory`, `etcd`, `consul`. */
  readonly backend: string;
  /** What this backend can do: the only thing in which backends may differ (B3). */
  readonly capabilities: BackendCapabilities;
  /**
   * Closes what this registry opened: registrations are deregistered, watchers end, connections it made are closed (C2).
   * Idempotent and shared, bounded by `callTimeoutMs`; afterwards every call rejects with `REGISTRY_CLOSED` (C3).
   */
  close(): Promise<void>;
}
