// Ties every clause of docs/semantics.md to what proves it: the cases of the conformance suite, the mutants that those cases
// must catch, and the tests of core and memory. A clause that nothing proves, a proof of a clause that does not exist, and a
// clause that only core's own tests keep without docs/semantics.md saying so, fail the build. `--table` prints everything.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const semantics = readFileSync('docs/semantics.md', 'utf8');
const clauses = [...semantics.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map((match) => match[1] ?? '');
const declared = /^Kept by core alone: (.*)\.$/m.exec(semantics)?.[1]?.split(', ') ?? [];

const cases = citations(filesOf('packages/conformance/src/cases'), /\bclause: '([A-Z]\d+)'/g);
const mutants = citations(filesOf('packages/conformance/test/mutants'), /\bclause: '([A-Z]\d+)'/g);
const tests = citations(
  [...filesOf('packages/core/test'), ...filesOf('packages/backend-memory/test')],
  /\b(?:test|test\.each\([^)]*\))\(\s*['"`]([A-Z]\d+)\b/g,
);

const coreOnly = clauses.filter((clause) => count(cases, clause) === 0 && count(tests, clause) > 0);
const problems = [
  ...clauses
    .filter((clause) => count(cases, clause) + count(tests, clause) === 0)
    .map((clause) => `${clause}: no case and no test proves it`),
  ...[cases, mutants, tests].flatMap((found) =>
    [...found.keys()]
      .filter((clause) => !clauses.includes(clause))
      .map((clause) => `${clause}: is cited, and no clause`),
  ),
  ...[...mutants.keys()]
    .filter((clause) => count(cases, clause) === 0)
    .map((clause) => `${clause}: has a mutant and no case that could catch it`),
];
if (coreOnly.join() !== declared.join())
  problems.push(`docs/semantics.md must say: "Kept by core alone: ${coreOnly.join(', ')}."`);

if (process.argv.includes('--table')) printTable();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else
  console.log(
    `clauses: ${clauses.length}, proved by ${total(cases)} cases, ${total(mutants)} mutants and ${total(tests)} tests; kept by core alone: ${coreOnly.join(', ')}`,
  );

function printTable() {
  console.log('clause  cases  mutants  tests');
  for (const clause of clauses)
    console.log(
      `${clause.padEnd(6)}${String(count(cases, clause)).padStart(7)}${String(count(mutants, clause)).padStart(9)}${String(count(tests, clause)).padStart(7)}${coreOnly.includes(clause) ? '  core alone' : ''}`,
    );
}

/** @param {readonly string[]} files @param {RegExp} pattern @returns {Map<string, number>} */
function citations(files, pattern) {
  const found = new Map();
  for (const file of files)
    for (const match of readFileSync(file, 'utf8').matchAll(pattern))
      found.set(match[1] ?? '', (found.get(match[1] ?? '') ?? 0) + 1);
  return found;
}

/** @param {Map<string, number>} found @param {string} clause */
function count(found, clause) {
  return found.get(clause) ?? 0;
}

/** @param {Map<string, number>} found */
function total(found) {
  return [...found.values()].reduce((sum, each) => sum + each, 0);
}

/** @param {string} folder @returns {string[]} */
function filesOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesOf(path) : path.endsWith('.ts') ? [path] : [];
  });
}
