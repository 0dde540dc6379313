import { type InstanceStatus, serviceInstance, type ServiceInstance } from '@rollcall/core';

/** An instance of `orders` with an address that nobody has. */
export function instance(id: string, status: InstanceStatus = 'up'): ServiceInstance {
  return serviceInstance({ service: 'orders', id, endpoints: ['http://192.0.2.1:80'], status });
}

/** Several, `up`, with the ids `a`, `b`, `c` … */
export function instances(count: number): readonly ServiceInstance[] {
  return 'abcdefgh'
    .slice(0, count)
    .split('')
    .map((id) => instance(id));
}

export function ids(set: readonly ServiceInstance[]): readonly string[] {
  return set.map(({ id }) => id);
}
