import type { ServiceInstance } from '../instance/instance.ts';

declare const revision: unique symbol;
/** Opaque version of one service's set, stamped by core: equal or not, never ordered. Equal revisions mean equal sets (W2). */
export type Revision = string & { readonly [revision]: true };

/** The difference between two sets, by id. Each part is sorted by `id`. */
export interface ServiceDelta {
  /** New to this reader, as they are now. */
  readonly added: readonly ServiceInstance[];
  /** As they are now; real differences only. */
  readonly updated: readonly ServiceInstance[];
  /** As they were last seen. */
  readonly removed: readonly ServiceInstance[];
}

/** The complete set, and what changed since this reader last read. Frozen. */
export interface ServiceSnapshot {
  /** The service that is watched. */
  readonly service: string;
  /** Version of the set, the same for every reader of this registry (W2). */
  readonly revision: Revision;
  /** Sorted by `id`. Every status is in it (D3). */
  readonly instances: readonly ServiceInstance[];
  /** The exact difference to what this reader read before; at first, to the empty set (W2). */
  readonly delta: ServiceDelta;
  /** `stale`: the backend is out of reach, the set is the last one known (W6). */
  readonly freshness: 'live' | 'stale';
  /** Why this snapshot came: first read, a change, a re-list after lost continuity, or a change of freshness alone (W5). */
  readonly reason: 'initial' | 'change' | 'resync' | 'freshness';
}

/**
 * One reader's view of one service. Yields the current set as soon as it is known, even when it is empty; then the latest
 * set, whenever it differs (W1–W5). `return()`, `break` and disposal end it at once (W9).
 */
export interface Watcher extends AsyncIterableIterator<ServiceSnapshot, undefined, undefined>, AsyncDisposable {
  /** The service that is watched. */
  readonly service: string;
  /**
   * The newest set, as soon as it differs from what was read last; several reads are served in order (W9). Done when the watcher
   * or its registry was closed.
   * @throws the reason of its signal (C1); RegistryError `REGISTRY_FORBIDDEN` before the first good read, `REGISTRY_UNSUPPORTED`
   * and `REGISTRY_INTERNAL` (W8). An outage never ends it (W6).
   */
  next(): Promise<IteratorResult<ServiceSnapshot, undefined>>;
  /** Ends it at once, also while a read is pending, and releases what it held (W9). `break` calls it. */
  return(): Promise<IteratorResult<ServiceSnapshot, undefined>>;
  /** Itself: what one loop has read, the next does not read again. */
  [Symbol.asyncIterator](): Watcher;
}
