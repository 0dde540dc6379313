import { createRegistry } from '@rollcall/core';
import { ConformanceError } from './conformance-error.ts';
import type { ConformanceCase } from './conformance-case.ts';
import type { Harness } from './harness.ts';
import { type CreateRegistry, Stage } from './stage.ts';

/** Acts out one case on a fresh world of the backend. Rejects with what was broken, the clause first. */
export async function runCase(
  conformanceCase: ConformanceCase,
  harness: Harness,
  create: CreateRegistry = createRegistry,
): Promise<void> {
  const stage = new Stage(await harness.open(), harness, create);
  const broken = await failureOf(async () => {
    await conformanceCase.run(stage);
    stage.checkReaders();
  });
  // What the case itself found comes before what its end may add.
  const unclean = await failureOf(() => stage[Symbol.asyncDispose]());
  const failure = broken ?? unclean;
  if (failure === undefined) return;
  const { clause, title } = conformanceCase;
  const reason = failure.error instanceof Error ? failure.error.message : String(failure.error);
  throw new ConformanceError(`${clause}: ${title}: ${reason}`, { cause: failure.error });
}

async function failureOf(act: () => Promise<void>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return { error };
  }
}
