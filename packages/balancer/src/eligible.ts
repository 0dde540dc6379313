import type { ServiceInstance } from '@rollcall/core';

/** Whether an instance may be picked at all: it is `up`, and its weight is above 0 (D3). */
export function isEligible({ status, weight }: ServiceInstance): boolean {
  return status === 'up' && weight > 0;
}
