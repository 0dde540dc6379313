// Runs the tests on every version of Node that is supported: `npm run test:nodes`. Other versions, as npm understands them:
// `npm run test:nodes -- 22 24.0.0`. Only some test files, as vitest understands them: `npm run test:nodes -- --only packages/core`;
// the test that installs the packed packages and runs the README's example always comes along. Where CI is set, what a run says
// is shown only if it fails. Node comes from npm, as the packages that hold its binaries, and is kept in node_modules/.cache.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** The oldest that is supported, and the newest of each line that is maintained. */
const supported = ['20.19', '22', '24'];
const always = 'testing/packages/';
const isQuiet = (process.env['CI'] ?? '') !== '';

/**
 * @typedef {object} Run
 * @property {string} version as Node tells it, or as it was asked for if there is none
 * @property {boolean} isGood
 * @property {readonly string[]} tally tests that passed, failed and were skipped
 * @property {number} seconds
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true, default: [] } },
});
const filters = values.only.length === 0 ? [] : [...values.only, always];

const build = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(1);

/** @type {Run[]} */
const runs = [];
for (const wanted of positionals.length === 0 ? supported : positionals) runs.push(await testOn(wanted));

printTable();
if (runs.some(({ isGood }) => !isGood)) process.exitCode = 1;

/** @param {string} wanted @returns {Promise<Run>} */
async function testOn(wanted) {
  const node = install(wanted);
  if (node === undefined) return { version: wanted, isGood: false, tally: [], seconds: 0 };
  console.log(`Node ${node.version}: vitest run ${filters.join(' ')}`);
  const startedAt = performance.now();
  const { exitCode, output } = await vitest(node.binary);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const tally = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1)?.slice(1) ?? [];
  const isGood = exitCode === 0 && tally.length > 0;
  if (isQuiet && !isGood) process.stdout.write(output);
  return { version: node.version, isGood, tally, seconds };
}

/** @param {string} wanted @returns {{ readonly version: string, readonly binary: string } | undefined} */
function install(wanted) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = join('node_modules/.cache/nodes', wanted);
  mkdirSync(folder, { recursive: true });
  console.log(`Node ${wanted}: npm install ${name}@${wanted}`);
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync('npm', ['install', '--prefix', folder, ...quiet, `${name}@${wanted}`], {
    shell: process.platform === 'win32',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const binary = resolve(folder, 'node_modules', name, 'bin/node');
  const told = spawnSync(binary, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  if (npm.status === 0 && told.status === 0) return { version: told.stdout.trim(), binary };
  console.error(`Node ${wanted}: ${name}@${wanted} could not be had from npm, or does not run here.`);
  return undefined;
}

/** @param {string} binary @returns {Promise<{ readonly exitCode: number | null, readonly output: string }>} */
function vitest(binary) {
  const path = `${dirname(binary)}${delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn(binary, ['node_modules/vitest/vitest.mjs', 'run', ...filters], {
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** @type {string[]} */
  const said = [];
  /** @param {import('node:stream').Readable} from @param {import('node:stream').Writable} to */
  const listen = (from, to) =>
    from.setEncoding('utf8').on('data', (text) => {
      said.push(text);
      if (!isQuiet) to.write(text);
    });
  listen(child.stdout, process.stdout);
  listen(child.stderr, process.stderr);
  return new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => settle({ exitCode, output: said.join('') }));
  });
}

function printTable() {
  console.log(`\n${['node', 'passed', 'failed', 'skipped', 'seconds'].map((word) => word.padStart(10)).join('')}`);
  for (const { version, isGood, tally, seconds } of runs) {
    const [passed = '-', failed = '-', skipped = '-'] = tally;
    const row = [version, passed, failed, skipped, String(seconds)].map((word) => word.padStart(10)).join('');
    console.log(`${row}${isGood ? '' : '  failed'}`);
  }
}
