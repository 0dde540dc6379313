import type { BackendCapabilities } from '../driver/registry-driver.ts';

/**
 * The TTL to ask the backend for: at least what it can grant, rounded up to its granularity (L1).
 * @throws TypeError over `maxTtlMs`, or unless it is a positive finite number
 */
export function grantableTtlMs(
  ttlMs: number,
  { minTtlMs, maxTtlMs, granularityMs }: BackendCapabilities['lease'],
): number {
  const raisedMs = Math.max(ttlMs, minTtlMs);
  const grantedMs = Math.ceil(raisedMs / granularityMs) * granularityMs;
  if (!(ttlMs > 0) || !Number.isFinite(ttlMs) || grantedMs > maxTtlMs)
    throw new TypeError(
      `options.ttlMs: expected milliseconds above 0 and at most ${maxTtlMs}, which is the longest TTL of this backend; got ${String(ttlMs)}`,
    );
  return grantedMs;
}
