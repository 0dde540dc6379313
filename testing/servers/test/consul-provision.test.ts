import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { provisionConsul } from '../src/index.ts';

describe('provisionConsul', () => {
  let folder: string;
  const progress: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-provision-'));
    progress.length = 0;
    vi.stubEnv('ROLLCALL_TEST_CONSUL', '');
    vi.stubEnv('ROLLCALL_TEST_CACHE', join(folder, 'cache'));
    vi.stubEnv('PATH', join(folder, 'bin'));
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  /** Something that says that it is Consul. */
  async function binary(version: string, ...path: readonly string[]): Promise<string> {
    const file = join(folder, ...path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho "Consul v${version}"\necho "Protocol 2 spoken"\n`, { mode: 0o755 });
    return file;
  }

  function provision(): ReturnType<typeof provisionConsul> {
    return provisionConsul({ onProgress: (line) => progress.push(line) });
  }

  test('prefers the binary that the environment names', async () => {
    await binary('1.8.7', 'bin', 'consul');
    const named = await binary('1.8.19', 'elsewhere', 'my-consul');
    vi.stubEnv('ROLLCALL_TEST_CONSUL', named);
    expect(await provision()).toEqual({ binary: named, version: '1.8.19' });
  });

  test('refuses a named binary of another version', async () => {
    vi.stubEnv('ROLLCALL_TEST_CONSUL', await binary('1.18.7', 'my-consul'));
    await expect(provision()).rejects.toThrow(/ROLLCALL_TEST_CONSUL=.*my-consul is not a consul-1.8 that runs here/);
  });

  test('takes the one on PATH only if its version fits, otherwise the one in the cache', async () => {
    const cached = await binary('1.8.9', 'cache', 'consul-1.8');
    await binary('1.22.0', 'bin', 'consul');
    expect(await provision()).toEqual({ binary: cached, version: '1.8.9' });
    const onPath = await binary('1.8.7', 'bin', 'consul');
    expect(await provision()).toEqual({ binary: onPath, version: '1.8.7' });
    expect(progress).toEqual([]);
  });

  test('says what to do when there is none and no apt to fetch it', async () => {
    await expect(provision()).rejects.toThrow(/apt-get[^]*ROLLCALL_TEST_CONSUL=\/path\/to\/consul/);
    expect(progress).toEqual(['Fetching consul-1.8 from Debian bullseye …']);
  });
});
