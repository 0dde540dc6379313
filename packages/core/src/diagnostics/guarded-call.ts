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

/**
 * Runs what is the user's, and gives what it gives. What it throws is dropped, as is what a promise rejects with that it gives: neither
 * reaches the library, nor an unhandled rejection (E4). @returns undefined if it threw
 */
export function guarded<T>(run: () => T): T | undefined {
  let given: T | undefined;
  guardedCall(
    () => (given = run()),
    undefined,
    () => undefined,
  );
  return given;
}

/** Also a promise of another realm, or of another library. */
function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function';
}
