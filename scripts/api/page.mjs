// Writes the page of one entry point: what it exports, from the docstrings, in Markdown.
import ts from 'typescript-5.9';
import { docstringOf } from './docstring.mjs';
import { basesOf, membersOf } from './members.mjs';

/** @typedef {import('./docstring.mjs').Docstring} Docstring */
/** @typedef {import('./declarations.mjs').Found} Found */
/** @typedef {import('./members.mjs').Member} Member */
/** @typedef {{ readonly page: string, readonly anchor: string }} Home where a name is described */

/** Wider declarations are broken at their parameters. */
const widest = 100;

/**
 * @param {import('./entry-points.mjs').EntryPoint} entry
 * @param {readonly Found[]} symbols what it exports
 * @param {ReadonlyMap<string, Home>} homes of every public name; one that an entry passes on from another has its home there
 */
export function pageOf(entry, symbols, homes) {
  const rows = symbols.map((found) => {
    const told = firstSentence(docsOf(found)?.prose ?? '').replaceAll('|', '\\|');
    return `| ${linkTo(found.name, entry, homes)} | ${kindOf(found)} | ${told} |`;
  });
  const described = symbols.filter(({ name }) => homes.get(name)?.page === entry.page);
  return [
    `# ${entry.specifier}`,
    entry.description,
    'Made from the docstrings by `npm run docs:api`. Names in brackets, such as (R1), are clauses of [semantics.md](../semantics.md).',
    ['| name | kind | what it is |', '| --- | --- | --- |', ...rows].join('\n'),
    ...described.flatMap((found) => sectionOf(found, entry, homes)),
  ].join('\n\n');
}

/** @param {Found} found @param {import('./entry-points.mjs').EntryPoint} entry @param {ReadonlyMap<string, Home>} homes */
function sectionOf(found, entry, homes) {
  const members = membersOf(found, new Set(homes.keys()));
  const related = namesIn(found).filter((name) => name !== found.name && homes.has(name));
  return [
    `## ${found.name}`,
    ...paragraphs(docsOf(found)),
    ['```ts no-check', ...found.nodes.map((node) => declarationOf(node, found.name)), '```'].join('\n'),
    ...(members.length === 0 ? [] : [members.map((member) => itemOf(member, '')).join('\n')]),
    ...(related.length === 0 ? [] : [`See ${related.map((name) => linkTo(name, entry, homes)).join(', ')}.`]),
  ];
}

/** @param {Member} member @param {string} indent @returns {string} */
function itemOf(member, indent) {
  const body = paragraphs(member.docstring).flatMap((text) => `\n${text}`.split('\n'));
  const nested = member.members.map((inner) => itemOf(inner, `${indent}  `));
  return [
    `${indent}- \`${member.signature}\``,
    ...body.map((line) => (line === '' ? '' : `${indent}  ${line}`)),
    ...(nested.length === 0 ? [] : ['', ...nested]),
  ].join('\n');
}

/** @param {Docstring | undefined} docstring @returns {string[]} */
function paragraphs(docstring) {
  if (docstring === undefined) return [];
  const words = { defaultValue: 'Default', param: 'Parameter', returns: 'Returns', throws: 'Throws' };
  const tags = docstring.tags.map(({ tag, text }) => {
    const [, name, rest] = (tag === 'param' ? /^(\S+)\s+(?:- )?(.*)$/s.exec(text) : undefined) ?? [];
    const label = Object.entries(words).find(([key]) => key === tag)?.[1] ?? tag;
    return name === undefined ? `${label}: ${text}` : `${label} \`${name}\`: ${rest}`;
  });
  return [...(docstring.prose === '' ? [] : [docstring.prose]), ...tags];
}

/** The heading of a declaration, its members left out; all of an alias. @param {Found['nodes'][number]} node @param {string} name */
function declarationOf(node, name) {
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) {
    const word = ts.isClassDeclaration(node) ? 'class' : 'interface';
    const parameters = node.typeParameters?.map((one) => one.getText()).join(', ');
    const bases = node.heritageClauses?.map((clause) => ` ${clause.getText()}`).join('') ?? '';
    return `${word} ${name}${parameters === undefined ? '' : `<${parameters}>`}${bases}`;
  }
  const text = node
    .getText()
    .replace(/^export (declare )?/, '')
    .replace(/;$/, '');
  if (!ts.isFunctionDeclaration(node) || text.length <= widest || node.parameters.length === 0)
    return indentedByTwo(text);
  const parameters = node.parameters.map((one) => `  ${indentedByTwo(one.getText())},`);
  const list = node.parameters.map((one) => one.getFullText()).join(',');
  return indentedByTwo(text.replace(list, () => `\n${parameters.join('\n')}\n`));
}

/** @param {Found} found */
function kindOf({ nodes: [node] }) {
  if (node === undefined || ts.isFunctionDeclaration(node)) return 'function';
  if (ts.isClassDeclaration(node)) return 'class';
  if (ts.isInterfaceDeclaration(node)) return 'interface';
  return ts.isTypeAliasDeclaration(node) ? 'type' : 'value';
}

/** @param {Found} found */
function docsOf({ nodes }) {
  return nodes.map((node) => docstringOf(node)).find((docstring) => docstring !== undefined);
}

/** The types that a declaration names, in order. @param {Found} found */
function namesIn({ nodes }) {
  /** @type {Set<string>} */
  const names = new Set();
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isTypeReferenceNode(node)) names.add(node.typeName.getText());
    if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node))
      for (const { name } of basesOf(node)) names.add(name);
    ts.forEachChild(node, visit);
  };
  for (const node of nodes) visit(node);
  return [...names];
}

/** @param {string} name @param {import('./entry-points.mjs').EntryPoint} entry @param {ReadonlyMap<string, Home>} homes */
function linkTo(name, entry, homes) {
  const home = homes.get(name);
  if (home === undefined) throw new Error(`${name} is on no page`);
  return `[\`${name}\`](${home.page === entry.page ? '' : home.page}#${home.anchor})`;
}

/** @param {string} prose */
function firstSentence(prose) {
  const [first = ''] = prose.split(/(?<=[^.]\.)(?<!e\.g\.)\s/);
  return first.replaceAll('\n', ' ');
}

/** The compiler indents by four. @param {string} text */
function indentedByTwo(text) {
  return text.replaceAll(/^( {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2));
}
