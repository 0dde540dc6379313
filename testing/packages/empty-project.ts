import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { moduleOf, type Snippet } from '../docs-snippets/snippet.ts';
import { type Outcome, runNode, runTool } from '../own-process.ts';
import { entryPointsOf, type Manifest } from './manifest.ts';
import { succeeded, type Tarball } from './tarballs.ts';

const require = createRequire(import.meta.url);
/** Finds what the examples of documents use. */
const examples = createRequire(new URL('../../examples/package.json', import.meta.url));

/** What a user has besides the packages and their peers: an SDK of OpenTelemetry is chosen by whoever runs a program. */
const besides = ['@types/node', '@opentelemetry/sdk-metrics'];

/** The compilers that users may have, by the names under which the workspace has them. */
export const compilers = { 'TypeScript 5.9': 'typescript-5.9', 'TypeScript 7': 'typescript' } as const;
export type CompilerName = keyof typeof compilers;

/** A project of a user's, outside the workspace, that has nothing but what is installed into it. */
export class EmptyProject {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Installs the tarballs as npm does for users. @throws Error with what npm said */
  async install(tarballs: Iterable<Tarball>): Promise<void> {
    await this.#write({ 'package.json': JSON.stringify({ private: true, type: 'module' }) });
    const files = [...tarballs].map(({ file }) => file);
    const others = await Promise.all(besides.map(async (name) => `${name}@${await versionOf(name)}`));
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
    const outcome = await runTool('npm', ['install', ...quiet, ...files, ...others], this.#place(120_000));
    succeeded('npm install of the tarballs', outcome);
  }

  /** Writes a program for each snippet, and programs that import and require every entry point. */
  async fill(snippets: readonly Snippet[], manifests: readonly Manifest[]): Promise<void> {
    const specifiers = manifests.flatMap((manifest) =>
      entryPointsOf(manifest).map((path) => manifest.name + path.slice(1)),
    );
    await this.#write({
      // Empty lines in front make the compiler's line numbers those of the document.
      ...Object.fromEntries(snippets.map((one) => [`${moduleOf(one)}.ts`, '\n'.repeat(one.line - 1) + one.code])),
      'entry-points.ts': [
        ...specifiers.map((specifier, index) => `import * as entry${index} from '${specifier}';`),
        ...specifiers.map((specifier, index) => `console.log('${specifier}', Object.keys(entry${index}).length > 0);`),
      ].join('\n'),
      'entry-points.cjs': specifiers
        .map((specifier) => `console.log('${specifier}', Object.keys(require('${specifier}')).length > 0);`)
        .join('\n'),
    });
  }

  /** Compiles all that is there, as strictly as users may. What it makes of it is run afterwards, whoever compiled last. */
  async compile(name: CompilerName): Promise<Outcome> {
    const config = `tsconfig.${compilers[name]}.json`;
    await this.#write({ [config]: JSON.stringify({ compilerOptions, include: ['*.ts'] }) });
    const tsc = join(dirname(require.resolve(`${compilers[name]}/package.json`)), 'bin/tsc');
    return runNode([tsc, '-p', config, '--pretty', 'false'], this.#place(60_000));
  }

  /** Runs the program of a snippet. It has to end by itself. */
  run(snippet: Snippet): Promise<Outcome> {
    return runNode([`out/${moduleOf(snippet)}.js`], this.#place(60_000));
  }

  /** @returns what importing or requiring every entry point comes to: a line for each */
  load(how: 'import' | 'require'): Promise<Outcome> {
    return runNode([how === 'import' ? 'out/entry-points.js' : 'entry-points.cjs'], this.#place(60_000));
  }

  #place(timeoutMs: number): { readonly cwd: string; readonly timeoutMs: number } {
    return { cwd: this.#folder, timeoutMs };
  }

  async #write(files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(this.#folder, name), text)));
  }
}

const compilerOptions = {
  target: 'es2022',
  // Neither DOM nor anything newer: what the packages need beyond it, @types/node has.
  lib: ['es2022'],
  types: ['node'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  moduleDetection: 'force',
  strict: true,
  exactOptionalPropertyTypes: true,
  // For classes whose constructors inversify calls.
  experimentalDecorators: true,
  skipLibCheck: false,
  outDir: 'out',
};

/** The version of a package that the workspace has. */
async function versionOf(name: string): Promise<string> {
  const manifest = JSON.parse(await readFile(examples.resolve(`${name}/package.json`), 'utf8')) as { version: string };
  return manifest.version;
}
