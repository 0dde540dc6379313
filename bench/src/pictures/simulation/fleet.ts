import { serviceInstance, type ServiceInstance } from '@rollcall/core';
import type { InstanceSource } from '@rollcall/balancer';

/** A source whose set a scene replaces. */
export interface Fleet extends InstanceSource {
  /** Lists these from now on. */
  set(next: readonly ServiceInstance[]): void;
}

/** A source that lists `first`. */
export function fleetOf(first: readonly ServiceInstance[]): Fleet {
  const listeners = new Set<(instances: readonly ServiceInstance[]) => void>();
  let listed = sorted(first);
  return {
    service: 'orders',
    get instances() {
      return listed;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      listed = sorted(next);
      for (const listener of listeners) listener(listed);
    },
  };
}

/** `orders-0`, `orders-1` and so on, with these weights in turn. */
export function instances(count: number, weights: readonly number[] = [100]): readonly ServiceInstance[] {
  return Array.from({ length: count }, (_, index) =>
    serviceInstance({
      service: 'orders',
      id: nameOf(index),
      endpoints: ['http://10.0.0.1:80'],
      weight: weights[index % weights.length],
    }),
  );
}

/** The id of the instance of that number. */
export function nameOf(index: number): string {
  return `orders-${index}`;
}

function sorted(given: readonly ServiceInstance[]): readonly ServiceInstance[] {
  return Object.freeze(given.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
}
