import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundled } from '../../../../testing/bundled.ts';
import { callMs, type Ending, graceMs, ProgramRun } from '../../../../testing/faults/src/index.ts';
import { readSnapshot } from '../../src/disk/snapshot-file.ts';
import { type Folder, folder } from '../folder.ts';
import { registerAll } from '../scene.ts';
import { type BadFile, badFiles, looksOf } from './bad-files.ts';
import { registryAt, servers } from './stage.ts';

/** How long a busy machine may take over the end of a process that nothing keeps. */
const goneWithinMs = 1_000;

let own: Folder;

beforeAll(async () => {
  own = await folder();
  await writeFile(own.file('program.mjs'), await bundled(new URL('./cache.entry.ts', import.meta.url)));
});

afterAll(() => own[Symbol.asyncDispose]());

describe.each(['etcd', 'consul'] as const)('on %s, a process that starts while the server is down', (backend) => {
  test('serves what the one before it saved, and goes live when the server is up', async () => {
    await using files = await folder();
    await using server = await servers[backend]();
    await using owners = registryAt(backend, server.endpoint);
    await registerAll(owners, ['a', 'b', 'c']);
    const url = `${backend}://${server.endpoint}`;
    using former = run(url, files.file('cache.json'));
    await former.says('live: a b c\n');
    expect(await former.close()).toSatisfy(isInTime);
    await server.stop();
    using running = run(url, files.file('cache.json'));
    await running.says('it has 1 service\n');
    await running.says('the set from disk is served (3 instances, seen ');
    await running.says('disk: a b c\n');
    await running.says('ready\n');
    // One that closes while nobody answers ends too.
    using other = run(url, files.file('cache.json'));
    await other.says('ready\n');
    expect(await other.close()).toSatisfy(isInTime);
    await server.start();
    await running.says('the registry answers again after ');
    await running.says('live: a b c\n');
    expect(await running.close()).toSatisfy(isInTime);
  });

  test('takes no file but a good snapshot of its own, says so, and overwrites none that may be of somebody else', async () => {
    await using files = await folder();
    await using server = await servers[backend]();
    await using owners = registryAt(backend, server.endpoint);
    await registerAll(owners, ['a', 'b', 'c']);
    const url = `${backend}://${server.endpoint}`;
    using former = run(url, files.file('good.json'));
    await former.says('live: a b c\n');
    await former.close();
    const good = await readFile(files.file('good.json'), 'utf8');
    await server.stop();
    for (const { name, put } of badFiles) await put(files.file(name), good);
    const before = await Promise.all(badFiles.map(({ name }) => looksOf(files.file(name))));
    using runs = new Runs(badFiles.map(({ name }) => run(url, files.file(name))));
    await Promise.all(
      runs.all.map(async (running, index) => {
        await running.says(badFiles[index]?.says ?? '');
        await running.says('not ready: RegistryError');
        expect(running.said).not.toContain('disk: ');
      }),
    );
    await server.start();
    await Promise.all(runs.all.map((running) => running.says('live: a b c\n')));
    for (const running of runs.all) await running.close();
    const fates = badFiles.map(({ name }, index) => fateOf(files.file(name), before[index]));
    expect(await Promise.all(fates)).toEqual(badFiles.map(({ becomes }) => becomes));
  });
});

describe.concurrent.each(['memory', 'etcd', 'consul'] as const)('on %s', (backend) => {
  test('C3: a process that closed its cache and its registry ends by itself', async () => {
    await using place = await open(backend);
    using running = run(place.url);
    await running.says('ready\n');
    expect(await running.close()).toSatisfy(isInTime);
  });

  test('C3: also with a snapshot and a file of overrides in use', async () => {
    await using files = await folder();
    await using place = await open(backend);
    await writeFile(files.file('overrides.json'), '{"billing":"localhost:8080"}');
    using running = run(place.url, files.file('cache.json'), files.file('overrides.json'));
    await running.says('ready\n');
    await running.says('overrides the registry for billing');
    expect(await running.close()).toSatisfy(isInTime);
    expect(await readSnapshot({ path: files.file('cache.json'), scope: '' })).toMatchObject({
      services: [{ service: 'orders' }],
    });
  });

  test('C4: a cache that is open keeps the process, until it is closed', async () => {
    await using place = await open(backend);
    using running = run(place.url);
    await running.says('ready\n');
    // That nothing happens cannot be awaited otherwise.
    await sleep(graceMs);
    expect(running.hasEnded).toBe(false);
    expect(await running.close()).toSatisfy(isInTime);
  });
});

test('a cache that watches nothing, as all is overridden, keeps no process', async () => {
  await using files = await folder();
  await writeFile(files.file('overrides.json'), '{"orders":"localhost:8080"}');
  using running = run('memory:', '', files.file('overrides.json'));
  await running.says('ready\n');
  await expect.poll(() => running.hasEnded, { timeout: 5_000 }).toBe(true);
});

/** Several runs that end with their test. */
class Runs implements Disposable {
  readonly all: readonly ProgramRun[];

  constructor(all: readonly ProgramRun[]) {
    this.all = all;
  }

  [Symbol.dispose](): void {
    for (const one of this.all) one[Symbol.dispose]();
  }
}

/** Where a program finds a registry. */
interface Place extends AsyncDisposable {
  readonly url: string;
}

async function open(backend: 'memory' | 'etcd' | 'consul'): Promise<Place> {
  if (backend === 'memory') return { url: 'memory:', [Symbol.asyncDispose]: () => Promise.resolve() };
  const server = await servers[backend]();
  return { url: `${backend}://${server.endpoint}`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

function run(url: string, snapshot = '', overrides = ''): ProgramRun {
  return new ProgramRun(own.file('program.mjs'), [url, snapshot, overrides]);
}

/** Closing is bounded (C2); then nothing is left that could keep the process. */
function isInTime({ closedMs, goneMs }: Ending): boolean {
  return closedMs < callMs && goneMs - closedMs < goneWithinMs;
}

/** What became of a file that looked so before. */
async function fateOf(path: string, before: string | undefined): Promise<BadFile['becomes'] | 'something else'> {
  if ((await readSnapshot({ path, scope: '' })).is === 'read') return 'replaced';
  return (await looksOf(path)) === before ? 'left alone' : 'something else';
}
