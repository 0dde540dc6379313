import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { snippetsOf } from '../../../testing/docs-snippets/snippet.ts';

const page = 'docs/writing-a-backend.md';

/** Without white space, and without the commas that a formatter puts at the end of a line. */
function bare(code: string): string {
  return code.replaceAll(/,?\s+(?=[)\]}])|\s+/g, '');
}

/** What stands between the lines that say that something was left out. */
function passagesOf(code: string): readonly string[] {
  return code.split(/^\s*\/\/ …$/m).filter((passage) => passage.trim() !== '');
}

test('what the page quotes stands in this folder, word for word', async () => {
  const folder = new URL('.', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(files.map(async (name) => bare(await readFile(new URL(name, folder), 'utf8'))));
  const markdown = await readFile(new URL(`../../../${page}`, import.meta.url), 'utf8');
  const quotes = snippetsOf(page, markdown).filter(({ mode }) => mode === 'no-check');
  expect(quotes.length).toBeGreaterThan(0);
  for (const { line, code } of quotes)
    for (const passage of passagesOf(code))
      expect(
        sources.some((source) => source.includes(bare(passage))),
        `${page}:${line} quotes what is not there: ${passage}`,
      ).toBe(true);
});
