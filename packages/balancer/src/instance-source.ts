import type { ServiceInstance } from '@rollcall/core';

/** Where a balancer gets its candidates: a list that is replaced, never changed, when something changed. */
export interface InstanceSource {
  /** The service. */
  readonly service: string;
  /** The set now, sorted by id, a frozen array; the same array until something changed. Synchronous, allocates nothing. */
  readonly instances: readonly ServiceInstance[];
  /** Calls `listener` after each change with the new set. @returns what takes that back */
  onChange(listener: (instances: readonly ServiceInstance[]) => void): () => void;
}
