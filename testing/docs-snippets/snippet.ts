/**
 * What is done with a snippet, by the word that follows `ts` in its fence: nothing follows, it is type-checked; `run`, it
 * also runs as a program of its own; `test`, it also runs as a vitest file; `no-check`, nothing, for bare signatures.
 */
const modes = ['check', 'run', 'test', 'no-check'] as const;
type Mode = (typeof modes)[number];

/** One TypeScript block of a document. */
export interface Snippet {
  /** Path of the document from the root, with forward slashes. */
  readonly document: string;
  /** Line of its first line of code in the document, counted from 1. */
  readonly line: number;
  readonly mode: Mode;
  readonly code: string;
  /** What it has to print: the block marked `text output` that follows it, if there is one. */
  readonly output: string | undefined;
}

interface Block {
  readonly words: readonly string[];
  readonly line: number;
  readonly lines: readonly string[];
}

/** Every TypeScript block of a document. @throws Error that names the line of a fence with a word it does not know */
export function snippetsOf(document: string, markdown: string): readonly Snippet[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap(({ words: [language, word], line, lines }, index) => {
    if (language !== 'ts' && language !== 'typescript') return [];
    const mode = modes.find((one) => one === (word ?? 'check'));
    if (mode === undefined)
      throw new Error(
        `${document}:${line - 1}: expected ts, or ts with one of ${modes.slice(1).join(', ')}; got ts ${word}`,
      );
    const next = blocks[index + 1];
    const output = next?.words.join(' ') === 'text output' ? next.lines.join('\n') : undefined;
    return [{ document, line, mode, code: lines.join('\n'), output }];
  });
}

/** Name of a module that holds this snippet alone, without its extension. */
export function moduleOf({ document, line, mode }: Snippet): string {
  const name = `${document.replaceAll(/[^a-z0-9]+/gi, '-')}-${line}`;
  return mode === 'test' ? `${name}.test` : name;
}

/** Fenced blocks, also indented ones and such with longer fences. */
function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open:
    | { readonly indent: string; readonly fence: string; readonly block: Block; readonly lines: string[] }
    | undefined;
  for (const [index, text] of markdown.split(/\r?\n/).entries()) {
    const [, indent = '', fence = '', info = ''] = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(text) ?? [];
    if (open === undefined) {
      if (fence === '') continue;
      const lines: string[] = [];
      const words = info.trim().split(/\s+/);
      open = { indent, fence, lines, block: { words, line: index + 2, lines } };
    } else if (fence.startsWith(open.fence) && info.trim() === '') {
      blocks.push(open.block);
      open = undefined;
    } else {
      open.lines.push(text.startsWith(open.indent) ? text.slice(open.indent.length) : text);
    }
  }
  return blocks;
}
