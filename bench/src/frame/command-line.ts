import { parseArgs } from 'node:util';
import type { Suite } from './suite.ts';

/** What is to run. */
export interface Command {
  readonly suites: readonly string[];
  /** Names of rows; none: all of them. */
  readonly only: readonly string[];
  readonly rounds: number | undefined;
  readonly quick: boolean;
}

/** The names that a command may use. */
export type KnownSuites = readonly (Pick<Suite, 'name'> & { readonly rows: readonly { readonly name: string }[] })[];

/**
 * Reads the arguments behind `npm run bench --`.
 * @throws TypeError that says which argument is not known, or not good
 */
export function parseCommand(args: readonly string[], known: KnownSuites): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const names = known.map(({ name }) => name);
  const suites = positionals.length === 0 ? names : positionals;
  for (const suite of suites) assertKnown('backend', suite, names);
  const rows = known.filter(({ name }) => suites.includes(name)).flatMap((suite) => suite.rows.map(({ name }) => name));
  for (const row of values.only) assertKnown('row', row, rows);
  const rounds = values.rounds === undefined ? undefined : roundsFrom(values.rounds);
  return { suites, only: values.only, rounds, quick: values.quick };
}

export function usage(known: KnownSuites): string {
  const rows = known.map(({ name, rows: all }) => `  ${name}: ${all.map((row) => row.name).join(', ')}`);
  return [
    'Usage: npm run bench -- [backend …] [--only <row>]… [--rounds <number>] [--quick]',
    'Backends and their rows:',
    ...rows,
  ].join('\n');
}

function assertKnown(kind: string, name: string, names: readonly string[]): void {
  if (!names.includes(name)) throw new TypeError(`Unknown ${kind} '${name}'. Known: ${names.join(', ')}.`);
}

function roundsFrom(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new TypeError(`--rounds: expected a whole number from 1 to 9999, got '${text}'`);
}
