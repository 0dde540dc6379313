import type { ServiceInstanceInit } from '@rollcall/core';
import { idNumber } from '../workload/registrations.ts';

/** The least that an instance tells: one endpoint. */
export function smallInit(service: string, index: number): ServiceInstanceInit {
  return { service, id: idNumber(index), endpoints: ['http://10.42.117.23:8080'] };
}
