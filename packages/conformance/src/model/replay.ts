import type { RunDetails } from 'fast-check';

/** What brings one failure back. */
export interface Replay {
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
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
