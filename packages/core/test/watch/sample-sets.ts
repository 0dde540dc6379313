import fc from 'fast-check';
import type { ServiceInstance } from '../../src/instance/instance.ts';
import { serviceInstance } from '../../src/instance/service-instance.ts';
import type { ServiceDelta } from '../../src/watch/watcher.ts';

/** A new object each time; two of one id and version are the same instance. */
export function instance(id: string, version: number = 1): ServiceInstance {
  return serviceInstance({ service: 'orders', id, endpoints: ['http://10.0.0.1:80'], version: `${version}` });
}

/** By UTF-16 code units, '\uffff' comes after '🦊'; by code points it would not. */
const ids = [...Array.from({ length: 36 }, (_, index) => `i${index}`), 'a', 'a/b', 'A', '🦊', '\uffff', '__proto__'];

export const anyId: fc.Arbitrary<string> = fc.constantFrom(...ids);
export const anyInstance: fc.Arbitrary<ServiceInstance> = fc
  .tuple(anyId, fc.integer({ min: 1, max: 3 }))
  .map(([id, version]) => instance(id, version));

/** Each id once, in any order. */
export const anyInstances: fc.Arbitrary<readonly ServiceInstance[]> = fc.uniqueArray(anyInstance, {
  selector: ({ id }) => id,
  maxLength: 30,
  size: 'max',
});

/** Sorted by `id` as everything is that is handed out. */
export function sorted(instances: Iterable<ServiceInstance>): readonly ServiceInstance[] {
  return [...instances].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What a delta must be, found the slow way. */
export function plainDelta(before: readonly ServiceInstance[], after: readonly ServiceInstance[]): ServiceDelta {
  const former = new Map(before.map((one) => [one.id, one]));
  const present = new Set(after.map(({ id }) => id));
  return {
    added: sorted(after.filter(({ id }) => !former.has(id))),
    updated: sorted(after.filter(({ id, version }) => former.has(id) && former.get(id)?.version !== version)),
    removed: sorted(before.filter(({ id }) => !present.has(id))),
  };
}

/** A delta and its parts are frozen. */
export function isFrozen(delta: ServiceDelta): boolean {
  return [delta, delta.added, delta.updated, delta.removed].every((part) => Object.isFrozen(part));
}
