// Reads the docstring in front of a declaration or a member.
import ts from 'typescript-5.9';

/** @typedef {{ readonly tag: string, readonly text: string }} Tag */
/** @typedef {{ readonly prose: string, readonly tags: readonly Tag[] }} Docstring */

/** @param {ts.Node} node @returns {Docstring | undefined} */
export function docstringOf(node) {
  const { text } = node.getSourceFile();
  const comments = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  const last = comments.map(({ pos, end }) => text.slice(pos, end)).findLast((comment) => comment.startsWith('/**'));
  if (last === undefined) return undefined;
  const lines = last.slice(3, -2).split('\n');
  const clean = lines.map((line, index) => (index === 0 ? line : line.replace(/^\s*\* ?/, '')).trimEnd());
  const [prose = '', ...rest] = clean
    .join('\n')
    .trim()
    .split(/(?:^|\s+)@(defaultValue|param|returns|throws)\s+/);
  const tags = rest.flatMap((tag, index) => (index % 2 === 0 ? [{ tag, text: (rest[index + 1] ?? '').trim() }] : []));
  return { prose: prose.trim(), tags };
}
