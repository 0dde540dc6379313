import type { ServiceInstance } from '@rollcall/core';

/**
 * Leaves some of the instances, in the order in which they came: by id. It is called when the set has changed, never for a pick, with those that are
 * eligible and that the filters before it left. It must give the same for the same instances. Its name stands in messages.
 */
export type Filter = (instances: readonly ServiceInstance[]) => readonly ServiceInstance[];

/** What a filter is called in messages. @param index its place among the filters of a balancer, from 0 */
export function filterName(filter: Filter, index: number): string {
  return filter.name === '' ? `filter ${index + 1}` : filter.name;
}

/** `filter`, called `name` in messages. */
export function named(name: string, filter: Filter): Filter {
  return Object.defineProperty(filter, 'name', { value: name });
}
