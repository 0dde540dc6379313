import { fieldError } from '@rollcall/core/driver';
import { type Filter, named } from './filter.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

type Test = (version: Version) => boolean;

/**
 * Those whose version is in a range as npm writes it: `^1.2.0`, `~1.2`, `1.x`, `>=1.2.0 <2.0.0`, `1.4.0 || ^2.1`. Parts that are left
 * out are any, as `x` and `*` are. An instance without a version, or whose version is not a semantic one, is in none.
 *
 * Unlike npm's, a range has pre-releases in it like any others, by their order: `2.0.0-rc.1` is in `>=1.0.0` and in `<2.0.0`. What
 * follows a caret or a tilde ends before the pre-releases of the next version.
 * @throws TypeError for what is no range
 */
export function versionIn(range: string): Filter {
  const tests = parseRange(range);
  return named(`versionIn(${range})`, (instances) =>
    instances.filter(({ version }) => {
      const parsed = version === undefined ? undefined : parseVersion(version);
      return parsed !== undefined && tests.some((all) => all.every((test) => test(parsed)));
    }),
  );
}

/** One of the rows must hold whole. */
function parseRange(range: string): readonly (readonly Test[])[] {
  if (typeof range !== 'string') throw fieldError('range', 'a range of versions, such as "^1.2.0"', range);
  return range.split('||').map((part) => {
    const comparators = part
      .trim()
      .replaceAll(/([<>=^~])\s+/g, '$1')
      .split(/\s+/);
    return comparators.flatMap((comparator) => parseComparator(comparator, range));
  });
}

const comparatorPattern =
  /^(>=|<=|>|<|=|\^|~)?v?(\d+|[x*])(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(-[0-9a-z.-]+)?(?:\+[0-9a-z.-]+)?$/i;

function parseComparator(text: string, range: string): readonly Test[] {
  const [, operator = '=', major, minor, patch, preRelease] = comparatorPattern.exec(text) ?? [];
  if (major === undefined) throw fieldError('range', 'a range of versions, such as "^1.2.0 || >=2.1 <3"', range);
  const parts = [major, minor, patch].map((part) =>
    part === undefined || /[x*]/i.test(part) ? undefined : Number(part),
  );
  const firstOpen = parts.indexOf(undefined);
  const known = firstOpen === -1 ? 3 : firstOpen;
  if (parts.some((part, place) => place > known && part !== undefined) || (preRelease !== undefined && known < 3))
    throw fieldError('range', 'a range with nothing behind a part that is left open', range);
  const numbers: Version['numbers'] = [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
  const lowest: Version = { numbers, preRelease: preRelease?.slice(1).split('.') ?? [] };
  return testsOf(operator, lowest, known);
}

/** @param known how many of the three numbers were written */
function testsOf(operator: string, version: Version, known: number): readonly Test[] {
  const from: Test = (other) => compareVersions(other, version) >= 0;
  const beyond = following(version, known);
  switch (operator) {
    case '>=':
      return [from];
    case '<':
      return [(other) => !from(other)];
    case '>':
      return known === 3 ? [(other) => compareVersions(other, version) > 0] : [atLeast(beyond)];
    case '<=':
      return known === 3 ? [(other) => compareVersions(other, version) <= 0] : [before(beyond)];
    case '^':
      return [from, before(following(version, Math.min(known, leading(version))))];
    case '~':
      return [from, before(following(version, Math.min(known, 2)))];
    default:
      return known === 3 ? [(other) => compareVersions(other, version) === 0] : [from, before(beyond)];
  }
}

/** How many numbers a caret holds: up to the first that is not 0. */
function leading({ numbers }: Version): number {
  const first = numbers.findIndex((number) => number > 0);
  return first === -1 ? 3 : first + 1;
}

/** The first version that differs in the first `held` numbers; nothing if none is held. */
function following({ numbers: [major, minor, patch] }: Version, held: number): Version | undefined {
  if (held === 0) return undefined;
  if (held === 1) return { numbers: [major + 1, 0, 0], preRelease: [] };
  if (held === 2) return { numbers: [major, minor + 1, 0], preRelease: [] };
  return { numbers: [major, minor, patch + 1], preRelease: [] };
}

/** Not its pre-releases either. */
function before(end: Version | undefined): Test {
  if (end === undefined) return () => true;
  const first: Version = { numbers: end.numbers, preRelease: ['0'] };
  return (version) => compareVersions(version, first) < 0;
}

function atLeast(start: Version | undefined): Test {
  return start === undefined ? () => false : (version) => compareVersions(version, start) >= 0;
}
