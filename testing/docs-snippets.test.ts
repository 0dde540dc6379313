import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { documentedSnippets } from './docs-snippets/documents.ts';
import { snippetsOf } from './docs-snippets/snippet.ts';
import { Workbench } from './docs-snippets/workbench.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const snippets = await documentedSnippets(root);
const checked = snippets.filter(({ mode }) => mode !== 'no-check');
const documents = [...new Set(checked.map(({ document }) => document))];

describe('the snippets of the documents', () => {
  const workbench = new Workbench(root);
  let complaints: ReadonlyMap<string, readonly string[]>;

  beforeAll(async () => {
    complaints = await workbench.compile(checked);
  });

  test.each(documents)('%s compiles', (document) => {
    expect(complaints.get(document) ?? []).toEqual([]);
  });

  for (const snippet of checked.filter(({ mode }) => mode === 'run')) {
    test.concurrent(`${snippet.document}:${snippet.line} runs`, async () => {
      const output = snippet.output === undefined ? {} : { stdout: `${snippet.output}\n` };
      expect(await workbench.run(snippet)).toMatchObject({ exitCode: 0, ...output });
    }, 40_000);
  }

  test.concurrent('those for vitest pass', async () => {
    expect(await workbench.test()).toMatchObject({ exitCode: 0 });
  }, 40_000);
});

describe('snippetsOf', () => {
  test('finds blocks with their line, mode and output, and leaves other languages alone', () => {
    const markdown = [
      '# T',
      '',
      '```ts run',
      'a();',
      '```',
      '',
      '```text output',
      'A',
      '```',
      '- item',
      '  ```ts',
      '  b();',
      '  ```',
      '```sh',
      'ls',
      '```',
    ];
    expect(snippetsOf('x.md', markdown.join('\n'))).toEqual([
      { document: 'x.md', line: 4, mode: 'run', code: 'a();', output: 'A' },
      { document: 'x.md', line: 12, mode: 'check', code: 'b();', output: undefined },
    ]);
  });

  test('takes a longer fence as what shows a shorter one', () => {
    expect(snippetsOf('x.md', '````md\n```ts\na();\n```\n````\n')).toEqual([]);
  });

  test('names the line of a word that it does not know', () => {
    expect(() => snippetsOf('x.md', 'text\n```ts rum\n```\n')).toThrow('x.md:2: expected ts');
  });
});
