import type { BackendCapabilities } from '@rollcall/core/driver';

/** What the backend can do, known before its driver is loaded. */
export const consulCapabilities: BackendCapabilities = Object.freeze({
  lease: Object.freeze({ minTtlMs: 1_000, maxTtlMs: 86_400_000, granularityMs: 1, maxExpiryLagMs: 1_000 }),
  conflict: Object.freeze(['replace'] as const),
  fencing: 'checked',
});
