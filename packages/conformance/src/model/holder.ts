import type { Instant } from './timeline.ts';

/** One stretch out of reach of the backend: a cut with its restore, or a crash, which has none. */
export interface Fault {
  readonly kind: 'cut' | 'crash';
  /** From here on it may be out of reach. */
  readonly from: Instant;
  /** From here on nothing gets through for certain. */
  sure: Instant | undefined;
  /** From here on something may get through again. */
  until: Instant | undefined;
  /** From here on the backend can be reached for certain, once the connection has recovered. */
  over: Instant | undefined;
  /** By registration: until when the backend may have handled something sent for it before the fault, on the clock. */
  readonly handledUntilMs: Map<number, number>;
}

/** One client of the backend, and when it was in reach. */
export interface Holder {
  readonly number: number;
  readonly faults: Fault[];
  /** When its registry was closed (C2). */
  closed: Instant | undefined;
}

export function isCrashed(holder: Holder): boolean {
  return holder.faults.at(-1)?.kind === 'crash';
}

/** The fault during which `instant` falls for certain. */
export function faultAt(holder: Holder, instant: Instant): Fault | undefined {
  return holder.faults.findLast(
    ({ sure, until }) =>
      sure !== undefined && sure.seq <= instant.seq && (until === undefined || until.seq > instant.seq),
  );
}

/** Whether nothing got through at any time from `from` to `to`. */
export function isOutOfReach(holder: Holder, from: Instant, to: Instant): boolean {
  const fault = faultAt(holder, to);
  return fault?.sure !== undefined && fault.sure.seq <= from.seq;
}

/** Since when, on the clock, the backend could be reached without a break; Infinity while it cannot, for all one knows. */
export function inReachSinceMs(holder: Holder, recoveryMs: number): number {
  const last = holder.faults.at(-1);
  if (last === undefined) return -Infinity;
  return last.over === undefined ? Infinity : last.over.at + recoveryMs;
}

/** Whether no fault touched the time from `from` to now. */
export function isInReachSince(holder: Holder, from: Instant, recoveryMs: number): boolean {
  const last = holder.faults.at(-1);
  if (last === undefined) return true;
  return last.over !== undefined && last.over.seq < from.seq && last.over.at + recoveryMs <= from.at;
}

/** The longest stretch in reach between two times on the clock. */
export function longestReachMs(holder: Holder, fromMs: number, toMs: number): number {
  let longestMs = 0;
  let start = fromMs;
  for (const { from, over } of holder.faults) {
    longestMs = Math.max(longestMs, Math.min(from.at, toMs) - start);
    start = Math.max(start, over?.at ?? Infinity);
  }
  return Math.max(longestMs, toMs - start);
}

/** When a view of this client may have stopped following the backend; undefined when it follows. */
export function behindSinceMs(holder: Holder, nowMs: number, reopenMs: number): number | undefined {
  let since: number | undefined;
  let next = nowMs;
  for (const { from, over } of holder.faults.toReversed()) {
    if (over !== undefined && over.at + reopenMs < next) break;
    since = from.at;
    next = since;
  }
  return since;
}
