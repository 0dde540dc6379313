import { diag } from '@opentelemetry/api';

/** Runs what must not reach a caller when it fails. @returns what it gave; undefined if it threw, which goes to the `diag` logger */
export function quietly<T>(what: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    diag.error(`rollcall: ${what} failed`, error);
    return undefined;
  }
}
