import type { Clock } from '@rollcall/core/driver';

/** C1: `promise`, or a rejection with the reason of `signal` as soon as it aborts. What it comes to afterwards is dropped (E4). */
export function abortable<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** `promise`, or a rejection with `late()` after `ms` milliseconds. */
export async function within<T>(clock: Clock, ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: Disposable | undefined;
  const bound = new Promise<never>((_resolve, reject) => {
    timer = clock.schedule(ms, () => reject(late()), { background: true });
  });
  try {
    return await Promise.race([promise, bound]);
  } finally {
    timer?.[Symbol.dispose]();
  }
}

/** `ms` milliseconds, or a rejection with the reason of `signal` as soon as it aborts. Alone it keeps no process alive (C4). */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  let timer: Disposable | undefined;
  const over = new Promise<void>((resolve) => {
    timer = clock.schedule(ms, resolve, { background: true });
  });
  try {
    await abortable(signal, over);
  } finally {
    timer?.[Symbol.dispose]();
  }
}
