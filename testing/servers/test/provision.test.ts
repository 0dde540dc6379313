import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { provisionEtcd } from '../src/index.ts';

describe('provisionEtcd', () => {
  let folder: string;
  const progress: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-provision-'));
    progress.length = 0;
    vi.stubEnv('ROLLCALL_TEST_ETCD34', '');
    vi.stubEnv('ROLLCALL_TEST_ETCD35', '');
    vi.stubEnv('ROLLCALL_TEST_CACHE', join(folder, 'cache'));
    vi.stubEnv('PATH', join(folder, 'bin'));
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  /** Something that says that it is etcd. */
  async function binary(version: string, ...path: readonly string[]): Promise<string> {
    const file = join(folder, ...path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho "etcd Version: ${version}"\n`, { mode: 0o755 });
    return file;
  }

  function provision(version: '3.4' | '3.5'): ReturnType<typeof provisionEtcd> {
    return provisionEtcd(version, { onProgress: (line) => progress.push(line) });
  }

  test('prefers the binary that the environment names', async () => {
    await binary('3.5.1', 'bin', 'etcd');
    const named = await binary('3.5.2', 'elsewhere', 'my-etcd');
    vi.stubEnv('ROLLCALL_TEST_ETCD35', named);
    expect(await provision('3.5')).toEqual({ binary: named, version: '3.5.2' });
  });

  test('refuses a named binary of another version', async () => {
    vi.stubEnv('ROLLCALL_TEST_ETCD34', await binary('3.5.2', 'my-etcd'));
    await expect(provision('3.4')).rejects.toThrow(/ROLLCALL_TEST_ETCD34=.*my-etcd is not an etcd-3.4 that runs here/);
  });

  test('takes the one on PATH only if its version fits, otherwise the one in the cache', async () => {
    const onPath = await binary('3.5.1', 'bin', 'etcd');
    const cached = await binary('3.4.9', 'cache', 'etcd-3.4');
    expect(await provision('3.5')).toEqual({ binary: onPath, version: '3.5.1' });
    expect(await provision('3.4')).toEqual({ binary: cached, version: '3.4.9' });
    expect(progress).toEqual([]);
  });

  test('says what to do when there is none and no apt to fetch it', async () => {
    await expect(provision('3.5')).rejects.toThrow(/apt-get[^]*ROLLCALL_TEST_ETCD35=\/path\/to\/etcd/);
    expect(progress).toEqual(['Fetching etcd-3.5 from Debian trixie …']);
  });
});
