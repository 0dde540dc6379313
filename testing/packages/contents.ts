import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const topLevel = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json', 'src'];

/** What an unpacked package lacks, or has and must not have. @param license the text that every package carries */
export function contentProblems(folder: string, version: string, license: string): readonly string[] {
  const found = readdirSync(folder);
  const missing = topLevel.filter((name) => !found.includes(name));
  if (missing.length > 0) return missing.map((name) => `${name}: is missing`);
  const changes = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8');
  return [
    ...found.filter((name) => !topLevel.includes(name)).map((name) => `${name}: must not be packed`),
    ...(readFileSync(join(folder, 'LICENSE'), 'utf8') === license ? [] : ["LICENSE: differs from the workspace's"]),
    ...(changes.includes(`\n## ${version}`) ? [] : [`CHANGELOG.md: has no heading ## ${version}`]),
    ...sourceProblems(folder),
    ...buildProblems(folder),
    ...mapProblems(folder),
  ];
}

function sourceProblems(folder: string): readonly string[] {
  return filesOf(join(folder, 'src'))
    .filter((file) => !file.endsWith('.ts') || /\.(test|d)\.ts$/.test(file))
    .map((file) => `src/${file}: is no source`);
}

/** Each source has its code, its types and a map of both; nothing else stands in `dist`. */
function buildProblems(folder: string): readonly string[] {
  const built = filesOf(join(folder, 'dist'));
  const wanted = filesOf(join(folder, 'src')).flatMap((source) =>
    ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((ending) => source.replace(/\.ts$/, ending)),
  );
  return [
    ...wanted.filter((file) => !built.includes(file)).map((file) => `dist/${file}: is missing: npx tsc -b`),
    ...built
      .filter((file) => !wanted.includes(file))
      .map((file) => `dist/${file}: no source makes it: delete dist, then npx tsc -b`),
  ];
}

/** Maps lead to the sources that are packed with them. */
function mapProblems(folder: string): readonly string[] {
  const maps = filesOf(join(folder, 'dist')).filter((file) => file.endsWith('.map'));
  return maps.flatMap((file) => {
    const path = join(folder, 'dist', file);
    const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { readonly sources: readonly string[] };
    return sources
      .map((source) => join(dirname(path), source))
      .filter((source) => relative(folder, source).startsWith('..') || !existsSync(source))
      .map((source) => `dist/${file}: leads to ${relative(folder, source)}, which is not packed`);
  });
}

/** Paths below `folder`, with forward slashes. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.split(sep).join('/'))
    .toSorted();
}
