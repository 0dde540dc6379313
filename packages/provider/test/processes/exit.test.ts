import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Program, programOf } from './program.ts';

let program: Program;

beforeAll(async () => {
  program = await programOf(new URL('./exit.entry.ts', import.meta.url));
});

afterAll(() => program[Symbol.asyncDispose]());

test.each(['SIGTERM', 'SIGINT'] as const)(
  'at %s a process stops its server in order and ends by itself',
  async (signal) => {
    await using running = program.start(['one']);
    await running.says('ready');
    running.kill(signal);
    expect(await running.end()).toEqual({
      code: 0,
      signal: null,
      lines: ['a up', 'ready', 'a draining', 'a closing', 'a stopped', 'a signal listed 0'],
      complaints: '',
    });
  },
);

test('a process that something else keeps is ended after exitAfterMs, with the exit code of the program', async () => {
  await using running = program.start(['exit code']);
  await running.says('ready');
  running.kill('SIGTERM');
  expect(await running.end()).toMatchObject({ code: 3, lines: expect.arrayContaining(['a signal listed 0']) });
});

test('a process with two providers drains both side by side and ends after the last', async () => {
  await using running = program.start(['two']);
  await running.says('ready');
  running.kill('SIGTERM');
  const { code, lines } = await running.end();
  expect(code).toBe(0);
  expect(lines.indexOf('fast draining')).toBeLessThan(lines.indexOf('slow closing'));
  expect(lines.slice(-3)).toEqual(['slow closing', 'slow stopped', 'slow signal listed 0']);
  expect(lines).toContain('fast signal listed 0');
});

test('a process with a listener of its own for the signal ends when that says so', async () => {
  await using running = program.start(['own listener']);
  await running.says('ready');
  running.kill('SIGTERM');
  await running.says('a signal');
  // It is not ended: it still hears.
  running.kill('SIGTERM');
  await running.says('heard 2');
  running.kill('SIGUSR2');
  expect(await running.end()).toMatchObject({ code: 0, signal: null });
});

test('without signals the process is left alone', async () => {
  await using running = program.start(['no signals']);
  await running.says('ready');
  running.kill('SIGTERM');
  expect(await running.end()).toMatchObject({ code: null, signal: 'SIGTERM', lines: ['a up', 'ready'] });
});

test('a process that is not up yet ends at a signal, and says why', async () => {
  await using running = program.start(['starting']);
  await running.says('ready');
  running.kill('SIGTERM');
  expect(await running.end()).toMatchObject({
    code: 1,
    lines: ['a starting', 'ready', 'a closing', 'a stopped'],
    complaints: expect.stringContaining('PROVIDER_STOPPED'),
  });
});
