import type { ServiceInstance } from '../instance/instance.ts';

declare const revision: unique symbol;
/** Opaque version of one service's set, stamped by core: equal or not, never ordered. Equal revisions mean equal sets (W2). */
export type Revision = string & { readonly [revision]: true };

/** The difference between two sets, by id. Each part is sorted by `id`. */
export interface ServiceDelta {
  readonly added: readonly ServiceInstance[];
  /** As they are now; real differences only. */
  readonly updated: readonly ServiceInstance[];
  /** As they were last seen. */
  readonly removed: readonly ServiceInstance[];
}

/** The complete set, and what changed since this reader last read. Frozen. */
export interface ServiceSnapshot {
  readonly service: string;
  readonly revision: Revision;
  /** Sorted by `id`. Every status is in it (D3). */
  readonly instances: readonly ServiceInstance[];
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
  readonly service: string;
  next(): Promise<IteratorResult<ServiceSnapshot, undefined>>;
  return(): Promise<IteratorResult<ServiceSnapshot, undefined>>;
  [Symbol.asyncIterator](): Watcher;
}
