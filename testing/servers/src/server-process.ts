import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardProcess } from './process-guard.ts';

const startsWithinMs = 20_000;
const stopsWithinMs = 10_000;

/** What to run. */
export interface ServerCommand {
  /** For messages and the name of the folder. */
  readonly name: string;
  readonly binary: string;
  /** Asked at every start. */
  readonly args: () => readonly string[];
  /** Whether it serves; a rejection means no. */
  readonly isReady: () => Promise<boolean>;
}

/**
 * A real server as a child process, with a temporary folder for its data and its log. It ends with the process that started
 * it, however that one ends.
 */
export class ServerProcess implements AsyncDisposable {
  /** Where its data and its log lie, until it is disposed of. */
  readonly folder: string;
  readonly #command: ServerCommand;
  #child: ChildProcess | undefined;

  /** @param folder an empty folder for it alone; see `temporaryFolder` */
  constructor(command: ServerCommand, folder: string) {
    this.#command = command;
    this.folder = folder;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return isOver(this.#child) ? undefined : this.#child?.pid;
  }

  /** Runs it, on the data that it left, and waits until it serves. Does nothing when it runs. */
  async start(): Promise<void> {
    if (this.pid !== undefined) return;
    const child = this.#spawn();
    this.#child = child;
    let failure: unknown;
    child.once('error', (error) => {
      failure = error;
    });
    const deadline = performance.now() + startsWithinMs;
    while (!(await this.#command.isReady().catch(() => false))) {
      if (failure !== undefined || isOver(child)) throw await this.#notStarted('ended before it served', failure);
      if (performance.now() > deadline) {
        await this.kill();
        throw await this.#notStarted(`did not serve within ${startsWithinMs} ms`, undefined);
      }
      await sleep(20);
    }
  }

  /** Ends it in good order (SIGTERM). Its data stay, for `start`. */
  async stop(): Promise<void> {
    // A process that is paused would never see the signal.
    this.resume();
    const impatience = AbortSignal.timeout(stopsWithinMs);
    const force = (): void => void this.#child?.kill('SIGKILL');
    impatience.addEventListener('abort', force, { once: true });
    await this.#end('SIGTERM');
    impatience.removeEventListener('abort', force);
  }

  /** Ends it at once (SIGKILL). Its data stay, for `start`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Freezes it (SIGSTOP): its connections stay open and silent. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Lets it go on (SIGCONT) after a pause. */
  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it at once and starts it again, on the same ports and data. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** The last lines of its log, over all its starts. */
  async logTail(lines: number = 15): Promise<string> {
    const log = await readFile(this.#log, 'utf8').catch(() => '');
    return log.trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Ends it and deletes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get #log(): string {
    return join(this.folder, 'log');
  }

  #spawn(): ChildProcess {
    const log = openSync(this.#log, 'a');
    try {
      // The log goes straight to the file, so that it is whole even when this process is busy or ends.
      const child = spawn(this.#command.binary, this.#command.args(), {
        cwd: this.folder,
        stdio: ['ignore', log, log],
      });
      guardProcess(child, this.folder);
      return child;
    } finally {
      closeSync(log);
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || isOver(child)) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async #notStarted(what: string, cause: unknown): Promise<Error> {
    const { name, binary, args } = this.#command;
    const line = [binary, ...args()].join(' ');
    return new Error(`${name} ${what}: ${line}\n${await this.logTail()}`, { cause });
  }
}

/** An empty folder for one server's data and log. */
export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `rollcall-${name}-`));
}

function isOver(child: ChildProcess | undefined): boolean {
  return child === undefined || child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
