import type { ServiceInstance } from '@rollcall/core';
import { fieldError } from '@rollcall/core/driver';
import { checkOptionKeys } from '../option-checks.ts';
import { type Filter, named } from './filter.ts';

/** What a field must be: this text, one of these, or what the function says; a field that is not there is `undefined`. */
export type FieldMatch = string | readonly string[] | ((value: string | undefined) => boolean);

/** What is asked of an instance, field by field. Unknown keys are refused with a `TypeError`. */
export interface MatchingOptions {
  /** Its environment. @defaultValue any */
  readonly env?: FieldMatch | undefined;
  /** Its region. @defaultValue any */
  readonly region?: FieldMatch | undefined;
  /** Its zone; `preferZone` also takes others when there are too few. @defaultValue any */
  readonly zone?: FieldMatch | undefined;
  /** Its deployment group. @defaultValue any */
  readonly deployment?: FieldMatch | undefined;
  /** Its version, as text; `versionIn` knows ranges. @defaultValue any */
  readonly version?: FieldMatch | undefined;
  /** Its metadata, key by key. @defaultValue any */
  readonly metadata?: Readonly<Record<string, FieldMatch>> | undefined;
}

type Field = Exclude<keyof MatchingOptions, 'metadata'>;

const fields: readonly Field[] = ['env', 'region', 'zone', 'deployment', 'version'];

/**
 * Those whose fields are all as asked: `matching({ env: 'prod', metadata: { tier: ['gold', 'silver'] } })`.
 * @throws TypeError for a bad key or value, naming it
 */
export function matching(options: MatchingOptions): Filter {
  checkOptionKeys('matching', options, [...fields, 'metadata']);
  const tests: ((instance: ServiceInstance) => boolean)[] = [];
  const asked: string[] = [];
  for (const field of fields) {
    const match = options[field];
    if (match === undefined) continue;
    const isMatch = matcher(`options.${field}`, match);
    tests.push((instance) => isMatch(instance[field]));
    asked.push(field);
  }
  for (const [key, match] of Object.entries(options.metadata ?? {})) {
    const isMatch = matcher(`options.metadata.${key}`, match);
    tests.push(({ metadata }) => isMatch(Object.hasOwn(metadata, key) ? metadata[key] : undefined));
    asked.push(`metadata.${key}`);
  }
  return named(`matching(${asked.join(', ')})`, (instances) =>
    instances.filter((instance) => tests.every((test) => test(instance))),
  );
}

function matcher(path: string, match: FieldMatch): (value: string | undefined) => boolean {
  if (typeof match === 'function') return match;
  if (typeof match === 'string') return (value) => value === match;
  const given: unknown = match;
  if (!Array.isArray(given) || given.some((one) => typeof one !== 'string'))
    throw fieldError(path, 'a string, an array of strings or a function', given);
  const texts: ReadonlySet<string | undefined> = new Set(match);
  return (value) => texts.has(value);
}
