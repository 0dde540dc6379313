import { conformance } from '@rollcall/conformance';
import { inject, test } from 'vitest';
import { consulHarness } from './consul-harness.ts';

// The cases wait for leases most of the time, each in a world of its own: they run side by side.
conformance({ test: test.concurrent, harness: consulHarness('consul 1.8', inject('consul').url) });
