import { programs } from '@rollcall/conformance';
import { describe, expect, inject, test } from 'vitest';
import { etcdHarness } from '../etcd-harness.ts';

const lanes = Array.from({ length: 10 }, (_, index) => index + 1);
const runsOfLane = 20;

describe.concurrent.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  test.each(lanes)('random programs keep every promise: lane %i', { timeout: 3_600_000 }, async () => {
    expect(await programs(etcdHarness(server, inject(server).url), { numRuns: runsOfLane })).toBeUndefined();
  });
});
