import * as memory from '@rollcall/backend-memory';
import { conformance } from '@rollcall/conformance';
import { test } from 'vitest';
import { memoryHarness } from './memory-harness.ts';

conformance({ test, harness: memoryHarness(memory) });
