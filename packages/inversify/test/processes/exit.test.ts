import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@rollcall/testing-servers';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { bundled } from '../../../../testing/bundled.ts';
import { type Outcome, runNode } from '../../../../testing/own-process.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-inversify-'));
  await writeFile(join(folder, 'program.mjs'), await bundled(new URL('./exit.entry.ts', import.meta.url)));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs the program, which has to end by itself. */
function ran(what: string, endpoint: string): Promise<Outcome> {
  return runNode(['program.mjs', what, `etcd://${endpoint}/${randomUUID()}`], { cwd: folder, timeoutMs: 15_000 });
}

async function nobody(): Promise<string> {
  return `127.0.0.1:${await freePort()}`;
}

test('a process that never resolves its registry exits, and needs no unbinding', async () => {
  expect(await ran('loaded', await nobody())).toMatchObject({ exitCode: 0, stdout: 'done\n' });
});

test('C4: a process that resolves it and never connects exits, and needs no unbinding', async () => {
  expect(await ran('resolved', await nobody())).toMatchObject({ exitCode: 0, stdout: 'done\n' });
});

test('C3: a process that could not connect exits when its container is unbound', async () => {
  expect(await ran('refused', await nobody())).toMatchObject({ exitCode: 0, stdout: 'true\ndone\n' });
});

test('C3: a process with a registration and a pending read exits when its container is unbound', async () => {
  const outcome = await ran('registered', new URL(inject('etcd35').url).host);
  expect(outcome).toMatchObject({ exitCode: 0, stdout: '1\ndone\n' });
});
