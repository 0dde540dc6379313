import fc from 'fast-check';
import { expect } from 'vitest';
import type { BackendDefinition, Environment, OptionRow } from '../packages/core/src/driver.ts';

/** What an object may hold for an option, as far as a URL and variables can say it too. */
type OptionValue = boolean | number | string | readonly string[] | { readonly env: string } | { readonly file: string };

/** A backend, and values for all its options. */
export interface FormsOfOptions {
  readonly definition: BackendDefinition;
  /** What `describeOptions` says with the prefix `ROLLCALL_`. */
  readonly rows: readonly OptionRow[];
  /** By path: values that are allowed with whatever the other options have. Those of references to variables are to name one that is set. */
  readonly values: Readonly<Record<string, fc.Arbitrary<OptionValue>>>;
}

/** Some options, by their paths. */
type Given = Readonly<Record<string, OptionValue | undefined>>;

/**
 * A property for `check`: every option can be given in an object, in a URL, in variables, and some in a URL and the others in variables,
 * and all that comes to the same. What is refused in one form, such as one option without another that it goes with, is refused in all.
 */
export function everyForm({ definition, rows, values }: FormsOfOptions): fc.IProperty<[Given, readonly OptionRow[]]> {
  expect(Object.keys(values)).toEqual(rows.map(({ path }) => path));
  const given = fc.oneof(fc.record(values), fc.record(values, { requiredKeys: [] }));
  return fc.property(given, fc.subarray([...rows]), (own, inUrl) => {
    const others = rows.filter((row) => !inUrl.includes(row));
    const variables = { ROLLCALL_BACKEND: definition.name, ...variablesOf(rows, own) };
    const both = { ROLLCALL_URL: urlOf(definition.name, inUrl, own), ...variablesOf(others, own) };
    const object = outcome(() => definition.parse(objectOf(own)));
    if (rows.every(({ path }) => own[path] !== undefined)) expect(object).not.toBe(refused);
    expect(outcome(() => definition.parse(urlOf(definition.name, rows, own)))).toBe(object);
    expect(outcome(() => fromVariables(definition, variables))).toBe(object);
    expect(outcome(() => fromVariables(definition, both))).toBe(object);
  });
}

const refused = 'refused';

/** The settings, with each secret as it shows itself. */
function outcome(parse: () => unknown): string {
  try {
    return JSON.stringify(parse());
  } catch (error) {
    if (error instanceof TypeError) return refused;
    throw error;
  }
}

function fromVariables(definition: BackendDefinition, environment: Environment): unknown {
  return definition.parseEnvironment?.(environment, { prefix: 'ROLLCALL_' });
}

/** A group stands for itself if none of its members is given. */
function objectOf(given: Given): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(given)) {
    const [key = '', member] = path.split('.');
    if (member === undefined) object[key] = value;
    else object[key] = { ...(typeof object[key] === 'object' ? object[key] : {}), [member]: value };
  }
  return object;
}

function variablesOf(rows: readonly OptionRow[], given: Given): Environment {
  return Object.fromEntries(
    rows.flatMap(({ path, variable }) => (given[path] === undefined ? [] : [[variable, textOf(given[path])]])),
  );
}

function urlOf(scheme: string, rows: readonly OptionRow[], given: Given): string {
  const texts = rows.flatMap(({ path, urlKey }) =>
    given[path] === undefined ? [] : [{ urlKey, text: textOf(given[path]) }],
  );
  const partOf = (key: string): string => texts.find(({ urlKey }) => urlKey === key)?.text ?? '';
  const hosts = encodeURIComponent(partOf('(hosts)'));
  const path = partOf('(path)').split('/').map(encodeURIComponent).join('/');
  const query = texts
    .filter(({ urlKey }) => !urlKey.startsWith('('))
    .map(({ urlKey, text }) => `${urlKey}=${encodeURIComponent(text)}`);
  return `${scheme}:${hosts + path + query.join('') === '' ? '' : `//${hosts}${path}?${query.join('&')}`}`;
}

function textOf(value: OptionValue): string {
  if (typeof value !== 'object') return String(value);
  if ('env' in value) return `env:${value.env}`;
  return 'file' in value ? `file:${value.file}` : value.join(',');
}
