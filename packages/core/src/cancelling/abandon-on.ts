import type { Stop } from './stop.ts';

/**
 * `promise`, or a rejection with the stop's reason as soon as that aborts (C1). Abandoning ends this wait and nothing else:
 * what `promise` comes to afterwards is dropped, and is no unhandled rejection (E4).
 */
export function abandonOn<T>(stop: Stop | undefined, promise: Promise<T>): Promise<T> {
  if (stop === undefined) return promise;
  if (stop.isAborted) {
    promise.catch(() => undefined);
    return Promise.reject(stop.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const takeBack = stop.onAbort(() => reject(stop.reason));
    void promise.then(resolve, reject).finally(takeBack);
  });
}
