import { serviceInstance, type ServiceInstance } from '@rollcall/core';
import type { InstanceSource } from '@rollcall/balancer';
import { smallInit } from '../memory/small-instance.ts';

/** Instances of seven weights, sorted by id. */
export function instanceList(count: number): readonly ServiceInstance[] {
  return Array.from({ length: count }, (_, index) => weighted(index));
}

/** The instance of that number, in a version. */
export function weighted(index: number, version: string = '1.0.0'): ServiceInstance {
  return serviceInstance({ ...smallInit('orders', index), weight: 50 + (index % 7) * 25, version });
}

/** A source whose set stands still. */
export function standing(instances: readonly ServiceInstance[]): InstanceSource {
  return { service: 'orders', instances: Object.freeze([...instances]), onChange: () => () => undefined };
}
