import type { CallEnd } from './call-observer.ts';

/** Few words for what went wrong; undefined if nothing did. An error says more than the status that came before it. */
export function errorType({ status, error }: CallEnd): string | undefined {
  if (error !== undefined) return nameOf(error);
  const isError = typeof status === 'number' ? status >= 400 : status !== undefined && status !== 'OK';
  return isError ? String(status) : undefined;
}

/** The code if it has one, such as `ECONNREFUSED`: it says more than `Error`. */
function nameOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '_OTHER';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : '_OTHER';
}
