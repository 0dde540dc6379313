import type { Clock } from '../time/clock.ts';

/** `promise`, or a rejection with `late()` after `ms` milliseconds. What it comes to afterwards is dropped (E4). */
export function within<T>(clock: Clock, ms: number, promise: Promise<T>, late: () => unknown): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.schedule(ms, () => reject(late()));
    void promise.then(resolve, reject).finally(() => timer[Symbol.dispose]());
  });
}
