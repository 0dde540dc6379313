import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentProblems } from './contents.ts';
import { type Manifest, manifestProblems } from './manifest.ts';

const map = JSON.stringify({ sources: ['../src/index.ts'] });
const good: Readonly<Record<string, string>> = {
  'CHANGELOG.md': '# Changelog\n\n## 0.1.0\n',
  LICENSE: 'licence',
  'README.md': '',
  'dist/index.d.ts': '',
  'dist/index.d.ts.map': map,
  'dist/index.js': '',
  'dist/index.js.map': map,
  'package.json': '{}',
  'src/index.ts': '',
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-complaints-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function complaintsAbout(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return contentProblems(folder, '0.1.0', 'licence');
}

test('nothing is said of a package that has what it should have', async () => {
  expect(await complaintsAbout(good)).toEqual([]);
});

test('a file that is missing is named', async () => {
  const { 'README.md': _, ...others } = good;
  expect(await complaintsAbout(others)).toEqual(['README.md: is missing']);
});

test('each stray file is named, with what to do', async () => {
  const stray = { 'test/index.test.ts': '', 'dist/.tsbuildinfo': '', 'dist/old.js': '', 'src/index.test.ts': '' };
  const complaints = await complaintsAbout({ ...good, ...stray });
  expect(complaints).toContain('test: must not be packed');
  expect(complaints).toContain('dist/.tsbuildinfo: no source makes it: delete dist, then npx tsc -b');
  expect(complaints).toContain('dist/old.js: no source makes it: delete dist, then npx tsc -b');
  expect(complaints).toContain('src/index.test.ts: is no source');
});

test('a licence, a changelog and a map that say something else are named', async () => {
  const elsewhere = JSON.stringify({ sources: ['../../core/src/index.ts'] });
  const wrong = { LICENSE: 'another', 'CHANGELOG.md': '## 0.0.9', 'dist/index.js.map': elsewhere };
  expect(await complaintsAbout({ ...good, ...wrong })).toEqual([
    "LICENSE: differs from the workspace's",
    'CHANGELOG.md: has no heading ## 0.1.0',
    'dist/index.js.map: leads to ../core/src/index.ts, which is not packed',
  ]);
});

const family = { version: '0.1.0', node: '>=20.19', license: 'Apache-2.0' };
const manifest: Manifest = {
  name: '@rollcall/core',
  version: '0.1.0',
  description: 'A package.',
  keywords: ['lease'],
  license: 'Apache-2.0',
  repository: { directory: 'packages/core' },
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19' },
  publishConfig: { access: 'public' },
  exports: {
    '.': { '@rollcall/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
};

test('nothing is said of a manifest that has what it should have', () => {
  expect(manifestProblems(manifest, family)).toEqual([]);
});

test.each<[complaint: string, change: Partial<Manifest>]>([
  ['version: expected 0.1.0, got 0.2.0', { version: '0.2.0' }],
  ['license: expected Apache-2.0, got MIT', { license: 'MIT' }],
  ['engines.node: expected >=20.19, got >=18', { engines: { node: '>=18' } }],
  ['description: is missing', { description: '' }],
  ['exports: nothing to import', { exports: { './package.json': './package.json' } }],
  ["@rollcall/x: 'workspace:^' is no version: pack with pnpm", { dependencies: { '@rollcall/x': 'workspace:^' } }],
  ["undici: 'catalog:' is no version: pack with pnpm", { devDependencies: { undici: 'catalog:' } }],
  ['@rollcall/x: expected ^0.1.0, got ^0.2.0', { dependencies: { '@rollcall/x': '^0.2.0' } }],
])('a manifest is told: %s', (complaint, change) => {
  expect(manifestProblems({ ...manifest, ...change }, family)).toEqual([complaint]);
});

test('an entry point is told what it lacks', () => {
  const exports = { ...manifest.exports, './driver': { default: './src/driver.ts', import: './dist/driver.js' } };
  expect(manifestProblems({ ...manifest, exports }, family)).toEqual([
    'exports["./driver"].types: expected a .d.ts of dist, got \'\'',
    'exports["./driver"].default: expected a .js of dist, got \'./src/driver.ts\'',
    'exports["./driver"]: default must come last',
    'exports["./driver"].import: is not known here',
  ]);
});
