import { fieldError } from '../instance/field-error.ts';
import type { ValueKind } from './value-kind.ts';

/** Bounds of a whole number, both allowed. */
export interface IntegerRange {
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
  /** What 0 stands for, if it is allowed beside the range: `never`. */
  readonly zero?: string | undefined;
}

/** A whole number. As text: decimal digits, no sign but `-`, no spaces, no exponent. */
export function integer(range: IntegerRange): ValueKind<number, number> {
  return wholeNumber('integer', 'an integer', range);
}

/** A whole number of milliseconds. The option's name ends in `Ms`. */
export function milliseconds(range: IntegerRange): ValueKind<number, number> {
  return wholeNumber('milliseconds', 'a whole number of milliseconds', range);
}

/** `true` or `false`, also as text. */
export function flag(): ValueKind<boolean, boolean> {
  return {
    type: 'true or false',
    isSecret: false,
    check(value, path) {
      if (typeof value !== 'boolean') throw fieldError(path, 'true or false', value);
      return value;
    },
    fromText(written, path) {
      if (written !== 'true' && written !== 'false') throw fieldError(path, 'true or false', written);
      return written === 'true';
    },
  };
}

function wholeNumber(type: string, what: string, { min, max, zero }: IntegerRange): ValueKind<number, number> {
  const bounds = `${min} to ${max}${zero === undefined ? '' : `, or 0 for ${zero}`}`;
  const wanted = `${what} from ${bounds}`;
  return {
    type: `${type}, ${bounds}`,
    isSecret: false,
    check(value, path) {
      if (zero !== undefined && value === 0) return 0;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
        throw fieldError(path, wanted, value);
      return value;
    },
    fromText(written, path) {
      if (!/^-?\d{1,15}$/.test(written)) throw fieldError(path, wanted, written);
      return Number(written);
    },
  };
}
