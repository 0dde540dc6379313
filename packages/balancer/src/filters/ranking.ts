import type { ServiceInstance } from '@rollcall/core';
import { textHash } from '../hashing/text-hash.ts';

/**
 * The instances in an order of the caller's own (rendezvous hashing): which of two comes first follows from the caller and the two
 * alone, whoever else is there.
 */
export function rankedFor(caller: string, instances: readonly ServiceInstance[]): readonly ServiceInstance[] {
  const seed = textHash(caller);
  return [...instances]
    .map((instance) => ({ instance, rank: textHash(instance.id, seed) >>> 0 }))
    .toSorted((a, b) => a.rank - b.rank || (a.instance.id < b.instance.id ? -1 : 1))
    .map(({ instance }) => instance);
}
