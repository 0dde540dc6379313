import { serviceInstance, type ServiceInstance, type ServiceInstanceInit } from '@rollcall/core';
import type { InstanceSource } from '../src/instance-source.ts';

/** A source whose set a test replaces. */
export interface SettableSource extends InstanceSource {
  set(next: readonly ServiceInstance[]): void;
  /** How many listen. */
  readonly listeners: number;
}

/** A source with these instances, in any order. */
export function settableSource(first: readonly ServiceInstance[] = []): SettableSource {
  const listeners = new Set<(now: readonly ServiceInstance[]) => void>();
  let now = sorted(first);
  return {
    service: 'orders',
    get instances() {
      return now;
    },
    get listeners() {
      return listeners.size;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      now = sorted(next);
      for (const listener of listeners) listener(now);
    },
  };
}

/** An instance of `orders`; `up` and of weight 100 unless told otherwise. */
export function instance(
  id: string,
  fields: Partial<Omit<ServiceInstanceInit, 'service' | 'id'>> = {},
): ServiceInstance {
  return serviceInstance({ service: 'orders', id, endpoints: ['http://10.0.0.1:80'], ...fields });
}

/** `count` of them, with these weights in turn. */
export function instances(count: number, weights: readonly number[] = [100]): ServiceInstance[] {
  return Array.from({ length: count }, (_, index) =>
    instance(`i${index}`, { weight: weights[index % weights.length] }),
  );
}

/** How often each id comes up. */
export function tally(ids: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** The ids of `count` picks. */
export function picks(count: number, pick: () => ServiceInstance): string[] {
  return Array.from({ length: count }, () => pick().id);
}

/** A generator for `random` that a seed brings back. */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

function sorted(given: readonly ServiceInstance[]): readonly ServiceInstance[] {
  return Object.freeze(given.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
}
