/** A version by Semantic Versioning 2.0.0; what is behind a plus sign says nothing about order. */
export interface Version {
  readonly numbers: readonly [number, number, number];
  /** Empty for a release. */
  readonly preRelease: readonly string[];
}

const pattern = /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9a-z.-]+))?(?:\+[0-9a-z.-]+)?$/i;

/** Nothing for text that is no version. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch, preRelease] = pattern.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { numbers: [Number(major), Number(minor), Number(patch)], preRelease: preRelease?.split('.') ?? [] };
}

/** Below 0 if `a` comes before `b`, above 0 if it comes after it. */
export function compareVersions(a: Version, b: Version): number {
  for (const place of [0, 1, 2] as const)
    if (a.numbers[place] !== b.numbers[place]) return a.numbers[place] - b.numbers[place];
  return comparePreReleases(a.preRelease, b.preRelease);
}

/** A release comes after all that lead up to it. */
function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (part !== other) return comparePreReleaseParts(part, other);
  }
  return a.length - b.length;
}

/** Numbers by value and before text, text by its characters. */
function comparePreReleaseParts(a: string, b: string): number {
  const isNumber = /^\d+$/;
  const [isA, isB] = [isNumber.test(a), isNumber.test(b)];
  if (isA && isB) return Number(a) - Number(b);
  if (isA !== isB) return isA ? -1 : 1;
  return a < b ? -1 : 1;
}
