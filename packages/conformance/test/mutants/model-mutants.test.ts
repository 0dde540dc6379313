import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programs } from '../../src/model/programs.ts';
import { coreMutants } from './core-mutants.ts';
import { memoryMutants } from './memory-mutants.ts';
import { mutatedMemory } from './mutated-memory.ts';

const folder = fileURLToPath(new URL('../.mutants-of-the-model/', import.meta.url));
const mutants = [...memoryMutants, ...coreMutants];

beforeAll(() => rm(folder, { recursive: true, force: true }));
afterAll(() => rm(folder, { recursive: true, force: true }));

// The same programs each time: what they find is known, and that they go on finding it is what is tested.
test.each([
  'shares prefixes between services',
  'reuses a superseded lease',
  'expires early',
  'renews for longer than T',
  'renews an entry that was deleted',
  'yields an error as an empty list',
  'drops the delete in a batch',
  'forgets the last instance leaving',
  'opens a watch with an incomplete set',
  'never writes a failed update again',
  'registers again over a newer owner',
  'comes back as a zombie after close',
  'tells a delta against the wrong base',
  'reports a lost registration twice',
])('random programs find the mutant that %s', async (name) => {
  const mutant = mutants.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`There is no mutant that ${name}.`);
  const { harness, createRegistry } = await mutatedMemory(mutant, `${folder}${mutants.indexOf(mutant)}`);
  const search = programs(harness, { createRegistry, numRuns: 300, seed: 1, shrinkMs: 0 });
  await expect(search).rejects.toThrow(/^[A-Z]\d+: /);
});
