import { pathError } from '../instance/field-error.ts';
import { readArray } from '../instance/plain-data.ts';
import { Problems } from './problems.ts';
import { parsed, type ParsedTerms } from './text-kinds.ts';
import type { ValueKind } from './value-kind.ts';

/** A list that is not empty. */
export type NonEmptyList<Value> = readonly [Value, ...Value[]];

const maxLength = 100;

/**
 * One to 100 texts that the backend itself reads: an array, or one text with commas, around which space is allowed. All that
 * are wrong are told, each by its index.
 */
export function listOf<Value>(terms: ParsedTerms<Value>): ValueKind<string | readonly string[], NonEmptyList<Value>> {
  const element = parsed(terms);
  const type = `list of ${terms.type}`;
  return {
    type,
    isSecret: false,
    check(value, path) {
      const given =
        typeof value === 'string'
          ? value.split(',').map((one) => one.trim())
          : readArray(value, path, `a ${type}: an array, or text with commas`, maxLength);
      if (given.length > maxLength)
        throw pathError(path, `expected a ${type}, at most ${maxLength}, got ${given.length}`);
      const problems = new Problems();
      const values = given.flatMap((one, index) => {
        const checked = problems.attempt(() => [element.check(one, `${path}[${index}]`, {})]);
        return checked ?? [];
      });
      problems.passOn();
      return nonEmpty(values, path, type);
    },
    fromText: (written) => written,
  };
}

function nonEmpty<Value>(values: readonly Value[], path: string, type: string): NonEmptyList<Value> {
  const [first, ...others] = values;
  if (first === undefined) throw pathError(path, `expected a ${type} that is not empty, got an empty one`);
  return [first, ...others];
}
