import { backoffMs } from '../time/backoff.ts';

/** From the send of a good renewal to the next, in milliseconds: T/3, give or take 10 % (L4). */
export function renewalDelayMs(ttlMs: number, random: () => number): number {
  return (ttlMs / 3) * (0.9 + 0.2 * random());
}

/** How long one attempt to renew may take, in milliseconds (L4). */
export function renewalBoundMs(ttlMs: number, callTimeoutMs: number): number {
  return Math.min(ttlMs / 6, callTimeoutMs);
}

/** From a failed attempt to renew to the next, in milliseconds: within T/12 (L4), and not at once. */
export function renewalRetryMs(ttlMs: number, random: () => number): number {
  return (ttlMs / 12) * (0.5 + 0.5 * random());
}

/**
 * How long one attempt to register again may take, in milliseconds (R6). The lease counts from when it was asked for: one that
 * came later would have to be given up before a renewal of it can be answered.
 */
export function regrantBoundMs(ttlMs: number, callTimeoutMs: number): number {
  return Math.min(ttlMs / 2, callTimeoutMs);
}

/** From failed attempt number `attempt` (from 1) to register or to remove an entry to the next: full jitter, capped at T/3 (R6). */
export function attemptPauseMs(attempt: number, ttlMs: number, random: () => number): number {
  return backoffMs(attempt, { baseMs: 100, capMs: ttlMs / 3 }, random);
}
