import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { beforeAll, expect, test } from 'vitest';
import { bundled } from '../../../testing/bundled.ts';

let program: string;

beforeAll(async () => {
  program = await bundled(new URL('./process.entry.ts', import.meta.url));
});

/** Runs the program until it has said that it is ready; from then on it ends by itself, or does not. */
async function started(what: string): Promise<ReturnType<typeof spawn>> {
  const child = spawn(process.execPath, ['--input-type=module', '-', what], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(program);
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toBe('ready\n');
  return child;
}

test.each(['open registry', 'entries of a store', 'idle watcher', 'closed'])(
  'C4, C3: %s keeps no process alive',
  async (what) => {
    const child = await started(what);
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  },
);

// That a process stays cannot be awaited. It has a second in which to end, and is ended then.
test.each(['registration', 'pending read'])('C4: %s keeps the process alive', async (what) => {
  const child = await started(what);
  const exit = once(child, 'exit');
  setTimeout(() => child.kill('SIGTERM'), 1_000);
  expect(await exit).toEqual([null, 'SIGTERM']);
});
