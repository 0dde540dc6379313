import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import { graceMs } from '@rollcall/testing-faults';
import { startEtcd, TcpProxy } from '@rollcall/testing-servers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { bundled } from '../../../testing/bundled.ts';

let program: string;

beforeAll(async () => {
  program = await bundled(new URL('./process.entry.ts', import.meta.url));
});

/** Of the program's calls, and so of closing (C2). */
const callMs = 2_000;

/** Within this a watch that broke goes on, or its reader is told. */
const mendMs = 3_000;

/** What a busy machine may take to end a process. */
const slackMs = 1_500;

/** A program that was started, and does not outlive its test even if it does not end as it should. */
interface Program extends Disposable {
  readonly child: ChildProcess;
  readonly exit: Promise<unknown[]>;
}

/** Runs the program until it has said that it is ready; from then on it ends by itself, or does not. */
async function started(what: string, endpoint: string, prefix: string = `/rollcall-${randomUUID()}`): Promise<Program> {
  const child = spawn(process.execPath, ['--input-type=module', '-', what, endpoint, prefix], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  child.stdin.end(program);
  const said = await Promise.race([once(child.stdout, 'data'), exit]);
  expect(String(said[0])).toBe('ready\n');
  return { child, exit, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

describe.each(['etcd34', 'etcd35'] as const)('%s', (version) => {
  const { url } = inject(version);
  const { host: endpoint } = new URL(url);

  test.each(['open registry', 'idle watcher', 'former registration', 'closed'])(
    'C4, C3: %s keeps no process alive',
    async (what) => {
      using running = await started(what, endpoint);
      const from = performance.now();
      expect(await running.exit).toEqual([0, null]);
      expect(performance.now() - from).toBeLessThan(slackMs);
    },
  );

  // That a process stays cannot be awaited. It has a second in which to end, and is ended then.
  test.each(['registration', 'pending read'])('C4: %s keeps the process alive', async (what) => {
    using running = await started(what, endpoint);
    setTimeout(() => running.child.kill('SIGTERM'), 1_000);
    expect(await running.exit).toEqual([null, 'SIGTERM']);
  });

  test('C4: a watcher that has told that it is stale keeps no process alive while it connects', async () => {
    const { hostname: host, port } = new URL(url);
    await using proxy = await TcpProxy.start({ host, port: Number(port) });
    using running = await started('stale watcher', proxy.endpoint);
    proxy.reset();
    proxy.blackHole();
    const from = performance.now();
    expect(await running.exit).toEqual([0, null]);
    // Told within W7's bound of a break; nothing more is read then.
    expect(performance.now() - from).toBeLessThan(mendMs + graceMs + slackMs);
  });

  test.each(['paused', 'gone'] as const)(
    'C4: an idle watcher keeps no process alive while the server is %s',
    async (fate) => {
      await using own = await startEtcd(inject('binaries')[version]);
      using running = await started('idle once told', own.endpoint);
      if (fate === 'paused') own.pause();
      else await own.kill();
      const from = performance.now();
      running.child.kill('SIGUSR2');
      expect(await running.exit).toEqual([0, null]);
      // What is left of the registration is to be removed, within the bound of one call.
      expect(performance.now() - from).toBeLessThan(callMs + slackMs);
    },
  );
});
