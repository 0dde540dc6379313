import type { Clock } from '@rollcall/core/driver';

/** `promise`, or a rejection with the reason of `signal` as soon as it aborts. What it comes to afterwards is dropped. */
export function waitFor<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A signal that aborts with `signal`, or with `late()` after `ms` milliseconds. Disposing it lets go of both. */
export function boundedBy(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  late: () => Error,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const timer = clock.schedule(ms, () => controller.abort(late()), { background: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', abort);
      timer[Symbol.dispose]();
    },
  };
}
