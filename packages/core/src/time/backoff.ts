/** How pauses between attempts grow. */
export interface BackoffTerms {
  /** Upper bound of the first pause, in milliseconds; each later one doubles it. */
  readonly baseMs: number;
  /** Upper bound of every pause, in milliseconds. */
  readonly capMs: number;
}

/**
 * The pause after failed attempt number `attempt` (from 1), in milliseconds: full jitter, evenly between nothing and the bound, so
 * that clients which failed together do not come back together. Never less than a millisecond: who draws 0 each time may not
 * try without pause.
 */
export function backoffMs(attempt: number, { baseMs, capMs }: BackoffTerms, random: () => number): number {
  return Math.max(1, random() * Math.min(capMs, baseMs * 2 ** (attempt - 1)));
}
