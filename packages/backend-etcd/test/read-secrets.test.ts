import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readSecrets } from '../src/connection/read-secrets.ts';
import { parseEtcdOptions } from '../src/options/parse-etcd-options.ts';

const pemText = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

describe('secrets of this process', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-options-'));
    await writeFile(join(folder, 'ca.pem'), pemText);
  });

  afterAll(() => rm(folder, { recursive: true }));

  test('B2: they are read when they are asked for, and not before', async () => {
    const none = parseEtcdOptions({ tls: { ca: { file: join(folder, 'later.pem') } } });
    await expect(readSecrets(none)).rejects.toThrow(/later\.pem could not be read/);
    await writeFile(join(folder, 'later.pem'), pemText);
    const { tls, login } = await readSecrets(none);
    expect(tls).toEqual({ ca: Buffer.from(pemText.trimEnd()), cert: undefined, key: undefined, serverName: undefined });
    expect(login).toBeUndefined();
  });

  test('E2: files, variables and text end up where the client needs them', async () => {
    vi.stubEnv('ROLLCALL_TEST_PASSWORD', 'hunter2');
    const file = join(folder, 'ca.pem');
    const settings = parseEtcdOptions({
      user: 'u',
      password: { env: 'ROLLCALL_TEST_PASSWORD' },
      tls: { cert: { file }, key: pemText, serverName: 'n' },
    });
    const { tls, login } = await readSecrets(settings);
    expect(login).toEqual({ user: 'u', password: 'hunter2' });
    expect(tls).toEqual({
      ca: undefined,
      cert: Buffer.from(pemText.trimEnd()),
      key: Buffer.from(pemText),
      serverName: 'n',
    });
    vi.unstubAllEnvs();
    expect(await readSecrets(parseEtcdOptions({}))).toEqual({ tls: undefined, login: undefined });
  });
});
