import { longestWatchDelayMs } from '../watch-delay.ts';

/** What the clauses allow in time, for one world. On a clock that is moved by hand every tolerance is nothing, unless the harness asks for one. */
export interface Bounds {
  /** TTL that the program's registrations ask for. */
  readonly ttlMs: number;
  /** Beyond its TTL an entry may be listed for this long (L3). */
  readonly lagMs: number;
  /** Bound on one call (E3). */
  readonly callTimeoutMs: number;
  /** Whether `checked` fencing lets writes cross within one round trip (R4). */
  readonly mayCross: boolean;
  /** Whether no time passes on the way to the backend and back: what is noted then happened at that very time. */
  readonly isExact: boolean;
  /** Whether a watch shows at every moment what stands then. */
  readonly isViewExact: boolean;
  /** Whether the clock stands still by itself. */
  readonly isHandMoved: boolean;
  /** What rounding may hide. */
  readonly grainMs: number;
  /** What a reply or a timer may be late by. */
  readonly slackMs: number;
  /** How far a watch may be behind (W4). */
  readonly viewDelayMs: number;
  /** How long after a restore the connection may still be on its way back. */
  readonly recoveryMs: number;
  /** How long a connection may be dead before a watch notices (W7). */
  readonly silenceMs: number;
}

/** What a world is like, as far as the bounds depend on it. */
export interface BoundsSource {
  readonly ttlMs: number;
  readonly lagMs: number;
  /** 0 on a clock that is moved by hand, if calls take no time. */
  readonly slackMs: number;
  readonly isHandMoved: boolean;
  readonly callTimeoutMs: number;
  /** How far a watch may be behind on a clock that is moved by hand, beside the time on the way. */
  readonly watchDelayMs: number;
  readonly fencing: 'atomic' | 'checked';
}

export function boundsOf({ fencing, watchDelayMs, ...source }: BoundsSource): Bounds {
  const { slackMs, isHandMoved } = source;
  const isExact = isHandMoved && slackMs === 0;
  return {
    ...source,
    mayCross: fencing === 'checked',
    isExact,
    isViewExact: isExact && watchDelayMs === 0,
    grainMs: 1,
    viewDelayMs: slackMs + (isHandMoved ? watchDelayMs : longestWatchDelayMs),
    recoveryMs: isHandMoved ? slackMs : 3_000,
    silenceMs: isHandMoved ? watchDelayMs : 20_000,
  };
}

/** A reachable owner has asked the backend by then: T/3 and a tenth of it, and one attempt (L4). */
export function noticedWithinMs(bounds: Bounds, ttlMs: number): number {
  return (ttlMs / 3) * 1.1 + attemptMs(bounds, ttlMs) + bounds.slackMs + bounds.grainMs;
}

/** A reachable owner has its entry back by then, whatever was done to it: it notices, or was in a pause of the backoff (R6, L6). */
export function healedWithinMs(bounds: Bounds, ttlMs: number): number {
  return Math.max(noticedWithinMs(bounds, ttlMs), ttlMs / 3) + callMs(bounds);
}

/** A stretch in reach of this length holds a whole attempt to renew: the pause before it, and the attempt (L4). */
export function renewedWithinMs(bounds: Bounds, ttlMs: number): number {
  return ttlMs / 12 + attemptMs(bounds, ttlMs) + bounds.recoveryMs + bounds.slackMs + bounds.grainMs;
}

/** A watch is open again by then: the longest pause of its backoff, and the opening (W6). */
export function reopenedWithinMs(bounds: Bounds): number {
  return 500 + bounds.recoveryMs + bounds.viewDelayMs + bounds.grainMs;
}

/** What a call whose caller has gone may still write, it has written by then (R2, E3). */
export function settledWithinMs(bounds: Bounds): number {
  return callMs(bounds) + bounds.slackMs + bounds.grainMs;
}

/** How long one attempt to renew may take (L4). */
function attemptMs(bounds: Bounds, ttlMs: number): number {
  return Math.min(ttlMs / 6, callMs(bounds));
}

/** How long one call may take (E3). */
function callMs({ isExact, callTimeoutMs }: Bounds): number {
  return isExact ? 0 : callTimeoutMs;
}
