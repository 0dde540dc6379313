import type { Clock } from '@rollcall/core/driver';

/** Resolves after `ms` milliseconds, at once if there are none; rejects with the reason of `signal` as soon as it aborts. Holds no process. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) {
    signal.throwIfAborted();
    return;
  }
  await new Promise<void>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = (): void => {
      timer[Symbol.dispose]();
      reject(signal.reason);
    };
    const timer = clock.schedule(
      ms,
      () => {
        signal.removeEventListener('abort', abort);
        resolve();
      },
      { background: true },
    );
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** Resolves once the event loop has turned. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
