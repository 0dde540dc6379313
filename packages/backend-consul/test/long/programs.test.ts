import { programs } from '@rollcall/conformance';
import { describe, expect, inject, test } from 'vitest';
import { consulHarness } from '../consul-harness.ts';

// 8 lanes of 25: 200 random programs with faults, on a real Consul.
describe.concurrent('consul', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'random programs keep every promise: lane %i',
    { timeout: 1_800_000 },
    async () => {
      expect(await programs(consulHarness('consul 1.8', inject('consul').url), { numRuns: 25 })).toBeUndefined();
    },
  );
});
