import fc from 'fast-check';
import { env } from 'node:process';

/**
 * Runs a property, sync or async. FC_SEED and FC_PATH replay a failure, FC_RUNS changes how many cases are tried.
 * Return or await it in the test. A failure names the seed, the path, the counterexample and how to replay it.
 */
export async function check<T>(property: fc.IRawProperty<T>, options: fc.Parameters<T> = {}): Promise<void> {
  const overrides: fc.Parameters<T> = {
    ...(env['FC_RUNS'] !== undefined && { numRuns: Number(env['FC_RUNS']) }),
    ...(env['FC_SEED'] !== undefined && { seed: Number(env['FC_SEED']) }),
    ...(env['FC_PATH'] !== undefined && { path: env['FC_PATH'] }),
  };
  const details = await fc.check(property, { ...options, ...overrides });
  if (!details.failed) return;
  const replay = `FC_SEED=${details.seed}${details.counterexamplePath === null ? '' : ` FC_PATH=${details.counterexamplePath}`}`;
  throw new Error(`${fc.defaultReportMessage(details)}\n\nReplay with ${replay}`, { cause: details.errorInstance });
}
