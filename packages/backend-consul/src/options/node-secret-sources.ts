import { readFile } from 'node:fs/promises';
import { env } from 'node:process';
import type { SecretSources } from '@rollcall/core/driver';

/** The environment and the files of this process. Files are read as UTF-8. */
export const nodeSecretSources: SecretSources = {
  env: (name) => env[name],
  file: (path) => readFile(path, 'utf8'),
};
