import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentedSnippets } from '../docs-snippets/documents.ts';
import type { Outcome } from '../own-process.ts';
import { contentProblems } from './contents.ts';
import { type CompilerName, compilers, EmptyProject } from './empty-project.ts';
import { entryPointsOf, type Family, type Manifest, manifestProblems } from './manifest.ts';
import { packAll, publicPackages, type Tarball } from './tarballs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = [...publicPackages(root).keys()];
const compilerNames = Object.keys(compilers) as readonly CompilerName[];
const snippets = (await documentedSnippets(root)).filter(
  ({ document, mode }) => /^(packages\/.*)?README\.md$/.test(document) && (mode === 'check' || mode === 'run'),
);

let folder: string;
let project: EmptyProject;
let tarballs: ReadonlyMap<string, Tarball>;
const compiled = new Map<CompilerName, Outcome>();

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'rollcall-packages-')));
  tarballs = await packAll(root, join(folder, 'packed'));
  project = new EmptyProject(join(folder, 'project'));
  await project.install(tarballs.values());
  await project.fill(
    snippets,
    [...tarballs.values()].map(({ manifest }) => manifest),
  );
  for (const name of compilerNames) compiled.set(name, await project.compile(name));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function tarballOf(name: string): Tarball {
  const tarball = tarballs.get(name);
  if (tarball === undefined) throw new Error(`${name} was not packed`);
  return tarball;
}

describe.each(names)('%s, packed', (name) => {
  test('has what users need, and nothing else', async () => {
    const { folder: content, manifest } = tarballOf(name);
    const license = await readFile(join(root, 'LICENSE'), 'utf8');
    expect(contentProblems(content, manifest.version, license)).toEqual([]);
  });

  test('has a manifest for npm: real versions, types for every entry point', async () => {
    const workspace = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
    const family: Family = {
      version: tarballOf('@rollcall/core').manifest.version,
      node: workspace.engines?.node ?? '',
      license: workspace.license ?? '',
    };
    expect(manifestProblems(tarballOf(name).manifest, family)).toEqual([]);
  });

  test('has nothing that publint --strict complains of', async () => {
    const { messages, pkg } = await publint({ pkgDir: tarballOf(name).folder, pack: false, strict: true });
    expect(messages.map((message) => `${message.code}: ${formatMessage(message, pkg)}`)).toEqual([]);
  });

  test('has types that fit its code, for those who import ES modules', async () => {
    const data = await readFile(tarballOf(name).file);
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(data)));
    expect(result.types).toEqual({ kind: 'included' });
    const problems = 'problems' in result ? result.problems.filter(concernsModules) : [];
    expect(problems.map((problem) => JSON.stringify(problem))).toEqual([]);
  });
});

describe('all packages, installed into an empty project', () => {
  test.each(compilerNames)('compile under %s, with their READMEs', (name) => {
    expect(compiled.get(name)).toMatchObject({ exitCode: 0, said: '' });
  });

  for (const snippet of snippets.filter(({ mode }) => mode === 'run')) {
    test(`the example of ${snippet.document}:${snippet.line} runs`, async () => {
      const output = snippet.output === undefined ? {} : { stdout: `${snippet.output}\n` };
      expect(await project.run(snippet)).toMatchObject({ exitCode: 0, ...output });
    });
  }

  test.each(['import', 'require'] as const)('load by %s', async (how) => {
    const specifiers = names.flatMap((name) =>
      entryPointsOf(tarballOf(name).manifest).map((path) => name + path.slice(1)),
    );
    const stdout = specifiers.map((specifier) => `${specifier} true\n`).join('');
    expect(await project.load(how)).toMatchObject({ exitCode: 0, stdout });
  });
});

/** As attw's profile `esm-only`: neither resolution from before `exports`, nor what CommonJS sees, counts. */
function concernsModules(problem: Problem): boolean {
  if ('resolutionKind' in problem) return !['node10', 'node16-cjs'].includes(problem.resolutionKind);
  return !('resolutionOption' in problem && problem.resolutionOption === 'node10');
}
