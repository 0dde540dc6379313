import { RegistryError } from '@rollcall/core';

/** An error in one line. */
export function told(error: unknown): string {
  if (RegistryError.is(error)) return error.code;
  return error instanceof Error ? error.message : String(error);
}
