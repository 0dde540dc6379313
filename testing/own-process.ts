import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

/** What a program came to. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  /** Both streams, for people. */
  readonly said: string;
}

/** Where a program runs, and for how long at most. */
export interface Place {
  readonly cwd: string;
  readonly timeoutMs: number;
}

/** Runs a program of Node's on the Node that runs the tests, without what vitest put into the environment. */
export function runNode(parameters: readonly string[], place: Place): Promise<Outcome> {
  return run(process.execPath, parameters, place);
}

/** As `runNode`, for tools on PATH. `npm` and `npx` too run on the Node that runs the tests. */
export function runTool(tool: 'npm' | 'npx' | 'tar', parameters: readonly string[], place: Place): Promise<Outcome> {
  return run(tool, parameters, place);
}

function run(file: string, parameters: readonly string[], { cwd, timeoutMs }: Place): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, parameters, { cwd, env: ownEnvironment(), timeout: timeoutMs }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      const ending = error?.killed === true ? `It did not end by itself within ${timeoutMs / 1_000} s.` : '';
      const unstarted = typeof error?.code === 'string' ? error.message : '';
      resolve({ exitCode, stdout, said: [stdout, stderr, ending, unstarted].join('\n').trim() });
    });
  });
}

function ownEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_V8_COVERAGE$|FORCE_COLOR$)/.test(name),
  );
  const { PATH = '' } = process.env;
  // `npm` and `npx` are scripts that ask PATH for Node.
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', PATH: `${dirname(process.execPath)}${delimiter}${PATH}` };
}
