/**
 * Calls a function of the user's. What it throws, or what a promise it returns rejects with, goes to `failed` and no
 * further: neither into the library nor into an unhandled rejection (E4).
 */
export function guardedCall<T>(callback: (value: T) => unknown, value: T, failed: (error: unknown) => void): void {
  try {
    const result = callback(value);
    if (isThenable(result)) void Promise.resolve(result).catch(failed);
  } catch (error) {
    failed(error);
  }
}

/** Also a promise of another realm, or of another library. */
function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function';
}
