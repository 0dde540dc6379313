import type { Harness } from './harness.ts';

/** A watch may never be further behind (W4). */
export const longestWatchDelayMs = 1_000;

/** How far a watch may be behind on a clock that is moved by hand. @throws TypeError if that is more than W4 allows, or no number */
export function watchDelayOf({ watchDelayMs = 0 }: Harness): number {
  if (Number.isFinite(watchDelayMs) && watchDelayMs >= 0 && watchDelayMs <= longestWatchDelayMs) return watchDelayMs;
  throw new TypeError(
    `harness.watchDelayMs: expected a number of milliseconds from 0 to ${longestWatchDelayMs} (W4), got ${String(watchDelayMs)}`,
  );
}
