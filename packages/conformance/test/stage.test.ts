import { RegistryError } from '@rollcall/core';
import { expect, test } from 'vitest';
import * as memory from '../../backend-memory/src/index.ts';
import { memoryHarness } from '../../backend-memory/test/memory-harness.ts';
import { createRegistry } from '../../core/src/index.ts';
import { Stage } from '../src/stage.ts';

test('E1: a call that is refused with another code says which', async () => {
  const harness = memoryHarness(memory);
  await using stage = new Stage(await harness.open(), harness, createRegistry);
  async function refused(thrown: unknown): Promise<void> {
    const failing = Promise.reject(thrown);
    await stage.refused('list', failing, 'REGISTRY_UNAVAILABLE');
  }
  await expect(refused(new RegistryError('REGISTRY_INTERNAL', 'Could not list.'))).rejects.toThrow(
    'list rejects with REGISTRY_UNAVAILABLE, not with REGISTRY_INTERNAL: Could not list.',
  );
  await expect(refused(new TypeError('no list'))).rejects.toThrow('not with TypeError: no list');
});
