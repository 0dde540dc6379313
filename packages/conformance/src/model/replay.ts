import type { RunDetails } from 'fast-check';

/** What brings one failure back. */
export interface Replay {
  /** Brings back the same random programs. ROLLCALL_TEST_SEED wins. @defaultValue a new one for each run */
  readonly seed?: number | undefined;
  /** Leads to one program of that seed, as a failure printed it. ROLLCALL_TEST_PATH wins. @defaultValue all of them */
  readonly path?: string | undefined;
  /** Leads to the commands of that program that were left after it was made shorter. ROLLCALL_TEST_REPLAY_PATH wins. @defaultValue all of them */
  readonly replayPath?: string | undefined;
}

/** What ROLLCALL_TEST_SEED, ROLLCALL_TEST_PATH and ROLLCALL_TEST_REPLAY_PATH ask for. */
export function replayFromEnvironment(): Replay {
  const { env } = process;
  const seed = env['ROLLCALL_TEST_SEED'];
  return {
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(env['ROLLCALL_TEST_PATH'] === undefined ? {} : { path: env['ROLLCALL_TEST_PATH'] }),
    ...(env['ROLLCALL_TEST_REPLAY_PATH'] === undefined ? {} : { replayPath: env['ROLLCALL_TEST_REPLAY_PATH'] }),
  };
}

/** What a failed run tells: the broken clause first, then how to bring it back, then the shortest program that shows it. */
export function failureMessage<T>(details: RunDetails<T>, story: string): string {
  const { seed, counterexamplePath, counterexample, errorInstance, numRuns, numShrinks } = details;
  const broken = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const commands = /replayPath="([^"]*)"/.exec(String(counterexample))?.[1];
  const replay = [
    `ROLLCALL_TEST_SEED=${seed}`,
    ...(counterexamplePath === null ? [] : [`ROLLCALL_TEST_PATH=${counterexamplePath}`]),
    ...(commands === undefined ? [] : [`ROLLCALL_TEST_REPLAY_PATH=${commands}`]),
  ];
  return [
    broken,
    '',
    `Found by program ${numRuns}, made shorter ${numShrinks} times. Run it alone with these in the environment:`,
    `  ${replay.join(' ')}`,
    '',
    'The shortest program that shows it, one command a line, and what came of it (milliseconds first):',
    story,
  ].join('\n');
}
