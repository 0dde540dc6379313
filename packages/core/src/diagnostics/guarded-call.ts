/**
 * Calls a function of the user's. What it throws, or what a promise it returns rejects with, goes to `failed` and no
 * further: neither into the library nor into an unhandled rejection (E4).
 */
export function guardedCall<T>(callback: (value: T) => unknown, value: T, failed: (error: unknown) => void): void {
  try {
    const result = callback(value);
    if (result instanceof Promise) result.catch(failed);
  } catch (error) {
    failed(error);
  }
}
