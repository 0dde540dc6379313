import { createRegistry } from '@rollcall/core';
import { conformanceCases } from './cases/all-cases.ts';
import type { Clause, ConformanceCase } from './conformance-case.ts';
import type { Harness } from './harness.ts';
import { programs, type ProgramsOptions, usualRuns } from './model/programs.ts';
import { runCase } from './run-case.ts';
import type { CreateRegistry } from './stage.ts';
import { watchDelayOf } from './watch-delay.ts';

/** What registers one test. Both vitest's `test` and that of `node:test` are such functions. */
export interface TestFunction {
  /** Registers a test. It fails when `run` rejects. */
  (name: string, run: () => Promise<void>): unknown;
  /** Registers a test that is shown as skipped. */
  readonly skip: (name: string, run: () => Promise<void>) => unknown;
}

/** What to run, on what, and with which test runner. */
export interface ConformanceOptions {
  /** Registers each case: vitest's `test`, or `test.concurrent` where cases wait for a real server; or that of `node:test`. */
  readonly test: TestFunction;
  /** The backend that is held to the promises. */
  readonly harness: Harness;
  /** Makes the registries, for who tests core itself. @defaultValue core's `createRegistry` */
  readonly createRegistry?: CreateRegistry | undefined;
  /** Random programs to try as well, as one more test. None unless told: where time passes by itself, each takes a while. */
  readonly programs?: ProgramsOptions | undefined;
}

/** A case by name. */
export interface CaseName {
  /** The clause that it proves. */
  readonly clause: Clause;
  /** What is promised, as a sentence that holds. */
  readonly title: string;
}

/** A case that the backend's capabilities excuse it from. */
export interface ExcusedCase extends CaseName {
  /** The capability that is missing: `onConflict 'reject'`. */
  readonly need: string;
}

/** What was registered to run, and what the backend was excused from. Frozen. */
export interface ConformanceReport {
  /** The cases that were registered to run, in the order of the suite. Whether they pass, the test runner tells. */
  readonly ran: readonly CaseName[];
  /** The cases that were registered as skipped, each with the capability that is missing. */
  readonly excused: readonly ExcusedCase[];
}

/**
 * Registers every case with the caller's test function, as `R4: title`, and names the report that it answers. A case whose need the declared capabilities do not
 * meet is registered as skipped, and named in the report: there is no other way to leave one out.
 */
export function conformance(options: ConformanceOptions): ConformanceReport {
  const { test, harness, createRegistry: create = createRegistry } = options;
  watchDelayOf(harness); // refused before anything is registered
  const ran: CaseName[] = [];
  const excused: ExcusedCase[] = [];
  for (const conformanceCase of conformanceCases) {
    const { clause, title } = conformanceCase;
    const name = nameOf(conformanceCase);
    const run = (): Promise<void> => runCase(conformanceCase, harness, create);
    const missing = missingNeed(conformanceCase, harness);
    if (missing === undefined) {
      test(name, run);
      ran.push(Object.freeze({ clause, title }));
    } else {
      test.skip(`${name} (excused: ${missing})`, run);
      excused.push(Object.freeze({ clause, title, need: missing }));
    }
  }
  if (options.programs !== undefined) {
    const { numRuns = usualRuns } = options.programs;
    const run = (): Promise<void> => programs(harness, { createRegistry: create, ...options.programs });
    test(`programs: ${numRuns} random programs keep every promise`, run);
  }
  return Object.freeze({ ran: Object.freeze(ran), excused: Object.freeze(excused) });
}

function missingNeed({ needs }: ConformanceCase, { capabilities }: Harness): string | undefined {
  return needs === undefined || needs.isMet(capabilities) ? undefined : needs.label;
}

/** The clause, what is promised, and whose report it answers: `W4: … (answers go-kratos/kratos#3310)`. */
function nameOf({ clause, title, answers }: ConformanceCase): string {
  return `${clause}: ${title}${answers === undefined ? '' : ` (answers ${answers})`}`;
}
