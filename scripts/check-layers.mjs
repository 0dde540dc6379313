// Keeps the table of docs/architecture.md: what each package may depend on, in its manifest and in its imports; that imports
// inside a package go to files of its own; that no source file is over 400 lines.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const longestFile = 400;

/** What `src/` of a package may import beyond its own files, as the table in docs/architecture.md says. */
const allowed = readTable(readFileSync('docs/architecture.md', 'utf8'));

/** @type {string[]} */
const problems = [];
const packages = readdirSync('packages').filter((name) => existsSync(join('packages', name, 'package.json')));

for (const name of packages) {
  const rule = allowed.get(name);
  if (rule === undefined) {
    problems.push(`packages/${name}: is not in the table of docs/architecture.md`);
    continue;
  }
  checkManifest(name, rule);
  for (const file of sourcesOf(join('packages', name, 'src'))) checkImports(file, name, rule);
}
for (const folder of ['packages', 'examples', 'testing', 'scripts'])
  for (const file of sourcesOf(folder)) checkLength(file);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`layers: ${packages.length} packages keep the dependency table, no file over ${longestFile} lines`);

/** @param {string} text @returns {Map<string, string[]>} package to specifiers */
function readTable(text) {
  const rows = [...text.matchAll(/^\| `([^`]+)` *\|[^|]*\|([^|]*)\|$/gm)];
  return new Map(
    rows.map(([, name = '', column = '']) => [name, [...column.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)]),
  );
}

/** @param {string} name @param {readonly string[]} rule */
function checkManifest(name, rule) {
  const manifest = JSON.parse(readFileSync(join('packages', name, 'package.json'), 'utf8'));
  for (const key of ['dependencies', 'peerDependencies', 'optionalDependencies'])
    for (const dependency of Object.keys(manifest[key] ?? {}))
      if (!rule.some((specifier) => specifier === dependency || specifier.startsWith(`${dependency}/`)))
        problems.push(`packages/${name}/package.json: ${key} must not have ${dependency}`);
}

/** @param {string} file @param {string} name @param {readonly string[]} rule */
function checkImports(file, name, rule) {
  const home = join('packages', name, 'src');
  for (const specifier of importsOf(file)) {
    if (!specifier.startsWith('.')) {
      if (!rule.includes(specifier)) problems.push(`${file}: ${name} must not import ${specifier}`);
    } else if (relative(home, join(file, '..', specifier)).startsWith('..')) {
      problems.push(`${file}: ${specifier} leaves its package`);
    }
  }
}

/** @param {string} file */
function checkLength(file) {
  const lines = readFileSync(file, 'utf8').split('\n').length - 1;
  if (lines > longestFile) problems.push(`${file}: ${lines} lines, at most ${longestFile}`);
}

/** @param {string} file */
function importsOf(file) {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(
    /^\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** @param {string} folder @returns {string[]} */
function sourcesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist|coverage|\.mutants)$/.test(entry.name) ? [] : sourcesOf(path);
    return /\.(ts|mts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}
