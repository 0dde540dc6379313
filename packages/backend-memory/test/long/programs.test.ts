import * as memory from '@rollcall/backend-memory';
import { programs } from '@rollcall/conformance';
import { expect, test } from 'vitest';
import { memoryHarness } from '../memory-harness.ts';

test.each([{ numRuns: 25_000 }, { numRuns: 8_000, latencyMs: 100 }])(
  'random programs keep every promise: %o',
  { timeout: 3_600_000 },
  async (options) => {
    expect(await programs(memoryHarness(memory), options)).toBeUndefined();
  },
);
