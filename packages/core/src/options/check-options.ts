import { keyPath, pathError } from '../instance/field-error.ts';
import { readObject } from '../instance/plain-data.ts';
import { checkGiven, type GivenOptions } from './check-given.ts';
import type { OptionsDescription, UntypedFields } from './options-description.ts';
import { listed } from './option-names.ts';
import { Problems } from './problems.ts';
import type { CheckContext } from './value-kind.ts';

/**
 * The checked options of a plain object. A key that holds `undefined` is as good as left out.
 * @param path how errors name the object: `config`
 * @throws TypeError that tells everything that is wrong, each with its path: unknown keys by name, wrong types, values out of
 * range (I6). No secret is in it (E2). What cannot be read at all, such as a getter that throws, hides what else is in its object.
 */
export function checkOptions<Given, Checked>(
  description: OptionsDescription<Given, Checked>,
  value: unknown,
  path: string,
  context: CheckContext = {},
): Checked {
  const problems = new Problems();
  const values = new Map<string, unknown>();
  readInto(values, value, description.fields, { path, what: 'options', prefix: '', problems });
  const given: GivenOptions = {
    has: (name) => values.has(name),
    pathOf: (name) => (path === '' ? name : `${path}.${name}`),
    valueOf: (name) => values.get(name),
  };
  return checkGiven(description, given, problems, context);
}

interface Level {
  readonly path: string;
  readonly what: string;
  /** Of the names. */
  readonly prefix: string;
  readonly problems: Problems;
}

function readInto(values: Map<string, unknown>, value: unknown, fields: UntypedFields, level: Level): void {
  const { path, what, prefix, problems } = level;
  const read = problems.attempt(() => readObject(value, path, what, undefined));
  for (const [key, own] of read ?? []) {
    const entry = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const ownPath = keyPath(path, key);
    const name = `${prefix}${key}`;
    if (entry === undefined) {
      problems.add(pathError(ownPath, `unknown key; known are ${listed(Object.keys(fields))}`));
    } else if (entry.is === 'field' || typeof own === 'boolean') {
      if (own !== undefined) values.set(name, own);
    } else if (own !== undefined) {
      values.set(name, true);
      readInto(values, own, entry.fields, {
        path: ownPath,
        what: `true, false or options of ${key}`,
        prefix: `${name}.`,
        problems,
      });
    }
  }
}
