import type { ServiceInstance } from '@rollcall/core';

/** Nobody. */
export const emptySet: readonly ServiceInstance[] = Object.freeze([]);

/** Both, sorted by `id`, frozen. No id is in both. */
export function union(set: readonly ServiceInstance[], others: readonly ServiceInstance[]): readonly ServiceInstance[] {
  if (others.length === 0) return set;
  return Object.freeze([...set, ...others].toSorted((a, b) => (a.id < b.id ? -1 : 1)));
}

/** Whether both hold the same instances. */
export function isSameSet(a: readonly ServiceInstance[], b: readonly ServiceInstance[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  // Walking a frozen array misses V8's fast paths; spreading one does not.
  const others = [...b];
  return [...a].every((instance, index) => instance === others[index]);
}

/** Who is in `before` and not in `after`, by id. */
export function missingIn(
  after: readonly ServiceInstance[],
  before: readonly ServiceInstance[],
): readonly ServiceInstance[] {
  const ids = new Set(Array.from(after, ({ id }) => id));
  return [...before].filter(({ id }) => !ids.has(id));
}
