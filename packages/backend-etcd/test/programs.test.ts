import { programs } from '@rollcall/conformance';
import { describe, expect, inject, test } from 'vitest';
import { etcdHarness } from './etcd-harness.ts';

// Most of a program's time is waiting for leases: several lanes run side by side. test:long runs many more.
describe.concurrent.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  test.each([1, 2, 3, 4])('random programs keep every promise: lane %i', { timeout: 120_000 }, async () => {
    expect(await programs(etcdHarness(server, inject(server).url), { numRuns: 2 })).toBeUndefined();
  });
});
