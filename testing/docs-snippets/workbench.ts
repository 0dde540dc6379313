import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Outcome, runNode } from '../own-process.ts';
import { moduleOf, type Snippet } from './snippet.ts';

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');

/**
 * Where snippets are compiled and run as users would: against the built packages, in Node without flags. It stands below
 * examples/, where both resolve, in a folder that nothing else looks into.
 */
export class Workbench {
  readonly #root: string;
  readonly #folder: string;

  constructor(root: string) {
    this.#root = root;
    this.#folder = join(root, 'examples/dist/docs-snippets');
  }

  /** Writes every snippet as a module of its own and compiles all of them at once. @returns what the compiler says of which */
  async compile(snippets: readonly Snippet[]): Promise<ReadonlyMap<string, readonly string[]>> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true });
    const files = {
      'tsconfig.json': JSON.stringify(tsconfig),
      'vitest.config.js':
        "export default { test: { include: ['out/*.test.js'], pool: 'threads', maxWorkers: 1, isolate: false } };",
      // Empty lines in front make the compiler's line numbers those of the document.
      ...Object.fromEntries(snippets.map((one) => [`${moduleOf(one)}.ts`, '\n'.repeat(one.line - 1) + one.code])),
    };
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(this.#folder, name), text)));
    const { exitCode, said } = await this.#node([tsc, '-b', this.#folder, '--pretty', 'false']);
    return exitCode === 0 ? new Map() : complaintsBy(said, snippets);
  }

  /** Runs one snippet as a program. It has to end by itself. */
  run(snippet: Snippet): Promise<Outcome> {
    return this.#node([join(this.#folder, 'out', `${moduleOf(snippet)}.js`)]);
  }

  /** Runs all that are vitest files, in one go. */
  test(): Promise<Outcome> {
    return this.#node([vitest, 'run', '--root', this.#folder]);
  }

  #node(parameters: readonly string[]): Promise<Outcome> {
    return runNode(parameters, { cwd: this.#root, timeoutMs: 30_000 });
  }
}

const tsconfig = {
  extends: '../../../tsconfig.base.json',
  compilerOptions: {
    rootDir: '.',
    outDir: 'out',
    composite: false,
    incremental: false,
    declarationMap: false,
    sourceMap: false,
    isolatedDeclarations: false,
    moduleDetection: 'force',
    // Classes for a container, as their users write them.
    experimentalDecorators: true,
    erasableSyntaxOnly: false,
    // A snippet may show a value without using it.
    noUnusedLocals: false,
    noUnusedParameters: false,
  },
  include: ['*.ts'],
  references: [
    'core',
    'backend-memory',
    'balancer',
    'conformance',
    'grpc',
    'inversify',
    'opentelemetry',
    'provider',
    'undici',
  ].map((name) => ({
    path: `../../../packages/${name}`,
  })),
};

/** Sorts the compiler's lines by the document they are about; those about anything else concern all. */
function complaintsBy(said: string, snippets: readonly Snippet[]): ReadonlyMap<string, readonly string[]> {
  const documents = new Map(snippets.map((one) => [`${moduleOf(one)}.ts`, one.document]));
  const complaints = new Map<string, string[]>();
  for (const line of said.split('\n').filter((text) => text !== '' && !text.startsWith('npm '))) {
    const [, file = '', place = '', text = ''] = /([^/\\]+\.ts)\((\d+,\d+)\): (.*)$/.exec(line) ?? [];
    const document = documents.get(file);
    const complaint = document === undefined ? line : `${document}:${place.replace(',', ':')} ${text}`;
    for (const concerned of document === undefined ? documents.values() : [document])
      complaints.set(concerned, [...(complaints.get(concerned) ?? []), complaint]);
  }
  return complaints;
}
