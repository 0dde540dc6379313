import { test } from 'node:test';
import { conformance } from '../src/conformance.ts';

// No backend stands behind it: each case that is run fails, and says so.
const { ran, excused } = conformance({
  test,
  harness: {
    name: 'none',
    capabilities: {
      lease: { minTtlMs: 1, maxTtlMs: 86_400_000, granularityMs: 1, maxExpiryLagMs: 0 },
      conflict: ['replace'],
      fencing: 'atomic',
    },
    ttlMs: 15_000,
    open: () => Promise.reject(new Error('there is no backend')),
  },
});
console.log(`ran ${ran.length}, excused ${excused.length}`);
