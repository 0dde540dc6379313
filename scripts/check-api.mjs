// Keeps docs/api, the reference of what users import, and the docstrings that it is made of. Fails when a page is out of date,
// and when a public name has no docstring that says more than a default: every export, and every public member of an exported class or
// interface, also those of an object that is written out as a member's type. What is declared again means what its base says.
// Not asked for: members whose type is one literal (`type: 'snapshot'`), those named by a symbol of the language
// (`[Symbol.asyncDispose]`), and what is inside a type alias. Reads the declarations in dist: `tsc -b` comes first. `--write`
// writes the pages.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { exportsOf } from './api/declarations.mjs';
import { docstringOf } from './api/docstring.mjs';
import { entryPoints } from './api/entry-points.mjs';
import { membersOf } from './api/members.mjs';
import { pageOf } from './api/page.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const folder = 'docs/api';
const entries = entryPoints().map((entry) => ({ entry, symbols: exportsOf(entry.types) }));
const homes = homesOf();
const pages = new Map(entries.map(({ entry, symbols }) => [entry.page, `${pageOf(entry, symbols, homes)}\n`]));
const problems = [...new Set(entries.flatMap(({ symbols }) => symbols.flatMap(undocumented)))];

if (process.argv.includes('--write')) write();
else problems.push(...outdated());

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`api: ${homes.size} public names on ${pages.size} pages, each with a docstring`);

/** Where each public name is described: at the first entry point that has it, the main ones before the others. */
function homesOf() {
  /** @type {Map<string, import('./api/page.mjs').Home>} */
  const found = new Map();
  for (const { entry, symbols } of entries) {
    /** @type {string[]} */
    const anchors = [];
    for (const { name } of symbols.filter((one) => !found.has(one.name))) {
      const plain = name.toLowerCase();
      const before = anchors.filter((anchor) => anchor === plain).length;
      anchors.push(plain);
      found.set(name, { page: entry.page, anchor: before === 0 ? plain : `${plain}-${before}` });
    }
  }
  return found;
}

/** @param {import('./api/declarations.mjs').Found} found @returns {string[]} */
function undocumented(found) {
  const isTold = found.nodes.some((node) => saysSomething(docstringOf(node)));
  const members = membersOf(found, new Set(homes.keys())).flatMap((member) => undocumentedMembers(member, found.name));
  return [...(isTold ? [] : [`${sourceOf(found.file)}: ${found.name} has no docstring`]), ...members];
}

/** @param {import('./api/members.mjs').Member} member @param {string} owner @returns {string[]} */
function undocumentedMembers(member, owner) {
  const name = `${owner}.${member.name}`;
  const isTold = member.meaning === 'told' || saysSomething(member.docstring);
  const inner = member.members.flatMap((one) => undocumentedMembers(one, name));
  return [...(isTold ? [] : [`${sourceOf(member.file)}: ${name} has no docstring`]), ...inner];
}

/** @param {import('./api/docstring.mjs').Docstring | undefined} docstring */
function saysSomething(docstring) {
  return (
    docstring !== undefined && (docstring.prose !== '' || docstring.tags.some(({ tag }) => tag !== 'defaultValue'))
  );
}

/** @param {string} declarations */
function sourceOf(declarations) {
  return declarations.replace('/dist/', '/src/').replace(/\.d\.ts$/, '.ts');
}

/** @returns {string[]} */
function outdated() {
  const found = existsSync(folder) ? readdirSync(folder) : [];
  const changed = [...pages].flatMap(([page, text]) => {
    const now = found.includes(page) ? readFileSync(join(folder, page), 'utf8') : '';
    if (now === text) return [];
    const lines = now.split('\n');
    const line = text.split('\n').findIndex((one, index) => one !== lines[index]);
    return [`${folder}/${page}:${line + 1}: is not what the docstrings say: npm run docs:api`];
  });
  const strangers = found.filter((page) => !pages.has(page));
  return [...changed, ...strangers.map((page) => `${folder}/${page}: belongs to no entry point: npm run docs:api`)];
}

function write() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [page, text] of pages) writeFileSync(join(folder, page), text);
}
