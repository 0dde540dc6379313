import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { poll } from '@rollcall/testing-servers';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** A process of this machine. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** How a demo ended, and all that it wrote. */
export interface DemoEnd {
  readonly exitCode: number | null;
  readonly output: string;
}

/** What `npm start` does first. */
export async function buildDemo(): Promise<void> {
  await run(join(root, 'node_modules/.bin/tsc'), ['-b', 'examples'], { cwd: root });
}

/** The compiled demo, on a temporary folder of its own. */
export class DemoProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<unknown>;
  #output = '';

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#ended = once(child, 'close');
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
  }

  /** @param binaries variables that say where servers are */
  static async start(args: readonly string[], binaries: Readonly<Record<string, string>>): Promise<DemoProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-'));
    const child = spawn(process.execPath, [join(root, 'examples/dist/quickstart/main.js'), ...args], {
      env: { ...process.env, ...binaries, TMPDIR: folder, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new DemoProcess(child, folder);
  }

  async tells(what: string): Promise<void> {
    await poll(() => this.#output.includes(what) || undefined, { what: `the demo tells "${what}"`, withinMs: 20_000 });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async end(): Promise<DemoEnd> {
    await this.#ended;
    return { exitCode: this.#child.exitCode, output: this.#output };
  }

  /** The processes that it runs now. */
  async children(): Promise<readonly RunningProcess[]> {
    return (await processes()).filter(({ parent }) => parent === this.#child.pid);
  }

  /** What is left of it: those of the given processes that still run, any that uses its folder, and what is in that. */
  async leftovers(pids: readonly number[]): Promise<readonly string[]> {
    const running = (await processes()).filter(
      ({ pid, command }) => pids.includes(pid) || command.includes(this.#folder),
    );
    return [...running.map(({ command }) => command), ...(await readdir(this.#folder))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    await this.#ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function processes(): Promise<readonly RunningProcess[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,args='], { maxBuffer: 1 << 24 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
