import { conformance } from '@rollcall/conformance';
import { describe, inject, test } from 'vitest';
import { etcdHarness } from './etcd-harness.ts';

// The cases wait for leases most of the time, each in a world of its own: they run side by side.
describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  conformance({ test: test.concurrent, harness: etcdHarness(server, inject(server).url) });
});
