/** How pauses between attempts grow. */
export interface BackoffTerms {
  /** Upper bound of the first pause, in milliseconds; each later one doubles it. */
  readonly baseMs: number;
  /** Upper bound of every pause, in milliseconds. */
  readonly capMs: number;
}

/**
 * The pause after failed attempt number `attempt` (from 1), in milliseconds: full jitter, evenly between 0 and the bound, so
 * that clients which failed together do not come back together.
 */
export function backoffMs(attempt: number, { baseMs, capMs }: BackoffTerms, random: () => number): number {
  return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
