import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../../../', import.meta.url));

/** Where the system's time, timers and chance may be named. */
const doors = new Set([
  'core/src/time/system-clock.ts',
  'core/src/time/manual-clock.ts',
  'core/src/registry/registry-options.ts',
]);

const ambient =
  /\b(?:Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask)\b\s*[.(]|\bMath\.random\b|\bnew Date\b/;

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => relative(packages, join(folder, name)));
}

test('T1: nothing but the clocks reads time, sets timers or draws numbers', () => {
  expect(linesWith(ambient)).toEqual([]);
});

test('T3: nothing at all reads the wall clock, so that it may jump', () => {
  expect(linesWith(/\bDate\.now\b|\bnew Date\(\)|\bhrtime\b/)).toEqual([]);
});

function linesWith(pattern: RegExp): string[] {
  const files = ['core', 'backend-memory'].flatMap((name) => sources(join(packages, name, 'src')));
  return files
    .filter((file) => !doors.has(file))
    .flatMap((file) =>
      readFileSync(join(packages, file), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line) && pattern.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
}
