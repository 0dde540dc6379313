import { programs } from '@rollcall/conformance';
import { describe, expect, inject, test } from 'vitest';
import { consulHarness } from './consul-harness.ts';

// Most of a program's time is waiting for leases: several lanes run side by side. test:long runs many more.
describe.concurrent('consul', () => {
  test.each([1, 2, 3, 4])('random programs keep every promise: lane %i', { timeout: 120_000 }, async () => {
    expect(await programs(consulHarness('consul 1.8', inject('consul').url), { numRuns: 2 })).toBeUndefined();
  });
});
