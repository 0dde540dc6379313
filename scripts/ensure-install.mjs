// Installs the dependencies when they are missing or not those of the lockfile; otherwise returns at once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const stampFile = 'node_modules/.cache/install-stamp';
const lock = readFileSync('pnpm-lock.yaml');
const settings = readFileSync('pnpm-workspace.yaml');
const stamp = createHash('sha256').update(process.version).update(lock).update(settings).digest('hex');

if (read(stampFile) !== stamp) {
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));
  const command = `npx --yes ${packageManager} install --frozen-lockfile --prefer-offline --reporter=append-only`;
  console.log(`Dependencies are missing or outdated: ${command}`);
  const { status, error } = spawnSync(command, { shell: true, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error(`The install failed${error ? `: ${error.message}` : ` with exit code ${status}`}.`);
    process.exit(1);
  }
  mkdirSync('node_modules/.cache', { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
