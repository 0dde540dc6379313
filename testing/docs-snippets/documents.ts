import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Snippet, snippetsOf } from './snippet.ts';

/**
 * The snippets of README.md, of the packages' READMEs, and of everything under docs/, but for the decisions, which stay as
 * they were written.
 */
export async function documentedSnippets(root: string): Promise<readonly Snippet[]> {
  const names = await readdir(join(root, 'docs'), { recursive: true });
  const documents = names
    .map((name) => `docs/${name.split(sep).join('/')}`)
    .filter((name) => name.endsWith('.md') && !name.startsWith('docs/adr/'))
    .toSorted();
  const packages = (await readdir(join(root, 'packages'))).toSorted().map((name) => `packages/${name}/README.md`);
  const readmes = ['README.md', ...packages.filter((name) => existsSync(join(root, name)))];
  const snippets = await Promise.all(
    [...readmes, ...documents].map(async (name) => snippetsOf(name, await readFile(join(root, name), 'utf8'))),
  );
  return snippets.flat();
}
