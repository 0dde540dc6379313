import type { BackendCapabilities } from '@rollcall/core/driver';

/** What the backend can do, known before its driver is loaded. */
export const etcdCapabilities: BackendCapabilities = Object.freeze({
  lease: Object.freeze({ minTtlMs: 1_000, maxTtlMs: 86_400_000, granularityMs: 1_000, maxExpiryLagMs: 1_500 }),
  conflict: Object.freeze(['replace', 'reject'] as const),
  fencing: 'atomic',
});
