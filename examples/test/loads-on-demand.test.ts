import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { buildDemo } from './demo-process.ts';

const run = promisify(execFile);
const examples = fileURLToPath(new URL('..', import.meta.url));
const anyBackend = join(examples, 'dist/any-backend/program.js');

/** What a program has run of each backend, and of the clients that they bring. */
const watched = {
  etcd: '/backend-etcd/dist/etcd-driver.js',
  'grpc-js': '/node_modules/@grpc/grpc-js/',
  protobufjs: '/node_modules/protobufjs/',
  consul: '/backend-consul/dist/consul-driver.js',
  undici: '/node_modules/undici/',
};

let folder: string;

beforeAll(buildDemo, 60_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-loaded-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Which of `watched` a program has run. V8 itself lists the scripts of a process, of ES modules and CommonJS alike, when it ends. */
async function loadedBy(
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<readonly string[]> {
  const env = { ...process.env, ...environment, NODE_V8_COVERAGE: folder };
  await run(process.execPath, parameters, { cwd: examples, env });
  const reports = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  const scripts = reports.flatMap((report) => (JSON.parse(report) as { result: { url: string }[] }).result);
  expect(scripts.some(({ url }) => url.endsWith('/core/dist/index.js'))).toBe(true);
  return Object.entries(watched).flatMap(([name, part]) =>
    scripts.some(({ url }) => url.includes(part)) ? [name] : [],
  );
}

test('B2: a program on memory loads the client of no other backend', async () => {
  expect(await loadedBy([anyBackend], { ROLLCALL_URL: 'memory:' })).toEqual([]);
});

test('B2: a program on etcd loads etcd’s client, and not Consul’s', async () => {
  const url = `etcd://${new URL(inject('etcd35').url).host}/${randomUUID()}`;
  expect(await loadedBy([anyBackend], { ROLLCALL_URL: url })).toEqual(['etcd', 'grpc-js', 'protobufjs']);
});

test('B2: a program on Consul loads Consul’s client, and not etcd’s', async () => {
  const url = `consul://${new URL(inject('consul').url).host}?prefix=${randomUUID()}-`;
  expect(await loadedBy([anyBackend], { ROLLCALL_URL: url })).toEqual(['consul', 'undici']);
});

test.each(['etcd', 'consul'])('B2: importing, opening and closing %s loads nothing', async (name) => {
  const program = `
    import { openRegistry } from '@rollcall/core';
    import { ${name}Backend } from '@rollcall/backend-${name}';
    const registry = openRegistry('${name}:', { backends: [${name}Backend()] });
    registry.watch('orders');
    await registry.close();
  `;
  expect(await loadedBy(['--input-type=module', '--eval', program])).toEqual([]);
});
