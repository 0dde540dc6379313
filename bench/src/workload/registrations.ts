import type { RegisterOptions, Registration, Registry } from '@rollcall/core';
import { typicalInit } from './typical-instance.ts';

/** Registers `count` instances of `service` in one go. Closing the registry ends them. */
export async function registerMany(
  registry: Registry,
  service: string,
  count: number,
  options: RegisterOptions,
): Promise<readonly Registration[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => registry.register(typicalInit(service, idNumber(index)), options)),
  );
}

export function idNumber(index: number): string {
  return `instance-${String(index).padStart(6, '0')}`;
}
