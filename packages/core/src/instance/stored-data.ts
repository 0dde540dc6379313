import { fieldError, pathError } from './field-error.ts';

/** Fields by name. Only own ones count, whatever `Object.prototype` was polluted with: `ownField` reads them. */
export type Fields = Readonly<Record<string, unknown>>;

/** Undefined for a field that is not there, as for one that holds `undefined`. */
export function ownField(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/**
 * An object that `JSON.parse` made, and so a plain one whose properties are just values: none of the care is needed that
 * `readObject` takes.
 * @throws TypeError as `readObject`
 */
export function storedObject(value: unknown, path: string, what: string): Fields {
  if (!isFields(value)) throw fieldError(path, `${what} (a plain object)`, value);
  return value;
}

/**
 * An array that `JSON.parse` made.
 * @throws TypeError as `readArray`
 */
export function storedArray(value: unknown, path: string, what: string, maxLength: number): readonly unknown[] {
  if (!Array.isArray(value)) throw fieldError(path, what, value);
  if (value.length > maxLength) throw pathError(path, `expected ${what}, at most ${maxLength}, got ${value.length}`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
