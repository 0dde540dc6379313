import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conformanceCases } from '../../src/cases/all-cases.ts';
import { runCase } from '../../src/run-case.ts';
import { coreMutants } from './core-mutants.ts';
import { memoryMutants } from './memory-mutants.ts';
import type { Mutant } from './mutant.ts';
import { mutatedMemory, type MutatedProduct } from './mutated-memory.ts';

const folder = fileURLToPath(new URL('../.mutants/', import.meta.url));
const mutants = [...memoryMutants, ...coreMutants];

/** Longest that a case may take before it counts as hung, in real milliseconds: on a manual clock it takes a few. */
const patienceMs = 3_000;

beforeAll(() => rm(folder, { recursive: true, force: true }));
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(mutants)('$clause: the mutant that $name is caught by a case of $clause', async (mutant) => {
  const product = await mutatedMemory(mutant, `${folder}${mutants.indexOf(mutant)}`);
  expect(await firstFailure(mutant, product)).toMatch(new RegExp(`^${mutant.clause}: `));
});

test('there are at least 25 mutants, and no two have a name in common', () => {
  const names = new Set(mutants.map(({ name }) => name));
  expect(names.size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(25);
});

/** How the first case of the mutant's clause that notices anything puts it; undefined if none does. */
async function firstFailure(
  { clause }: Mutant,
  { harness, createRegistry }: MutatedProduct,
): Promise<string | undefined> {
  for (const conformanceCase of conformanceCases.filter((one) => one.clause === clause)) {
    const hung = new Promise<string>((resolve) => {
      setTimeout(resolve, patienceMs, `${clause}: ${conformanceCase.title}: hung`).unref();
    });
    const run = runCase(conformanceCase, harness, createRegistry).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const failure = await Promise.race([run, hung]);
    if (failure !== undefined) return failure;
  }
  return undefined;
}
