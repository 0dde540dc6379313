import { fieldError } from '@rollcall/core/driver';

/** @throws TypeError unless what stands at `path` is an object with no keys but these */
export function checkKeys(path: string, given: unknown, known: readonly string[]): void {
  if (!isObject(given)) throw fieldError(path, 'an object', given);
  const stranger = Object.keys(given).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new TypeError(`${path}.${stranger}: unknown key; known are ${known.join(', ')}`);
}

/** The same for the options of a function, which the message names. @throws TypeError */
export function checkOptionKeys(what: string, options: unknown, known: readonly string[]): void {
  checkKeys(`${what}: options`, options, known);
}

/** Which numbers are meant; both ends of `from` and `to` are. */
export type NumberRange =
  | { readonly above: number; readonly to?: number | undefined }
  | { readonly from: number; readonly to?: number | undefined };

/** @throws TypeError unless it is a finite number in the range */
export function checkNumber(path: string, value: unknown, range: NumberRange): number {
  const to = range.to ?? Number.MAX_VALUE;
  const isFit =
    typeof value === 'number' && value <= to && ('above' in range ? value > range.above : value >= range.from);
  if (isFit) return value;
  const least = 'above' in range ? `above ${range.above}` : `from ${range.from}`;
  throw fieldError(path, `a finite number ${least}${range.to === undefined ? '' : `, at most ${range.to}`}`, value);
}

/** @throws TypeError unless it is a whole number from `from` */
export function checkInteger(path: string, value: unknown, { from }: { readonly from: number }): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= from) return value;
  throw fieldError(path, `a whole number from ${from}`, value);
}

/** @throws TypeError unless it is a string with something in it */
export function checkText(path: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw fieldError(path, 'a string that is not empty', value);
}

/** @throws TypeError unless it is a function or left out */
export function checkFunction(path: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw fieldError(path, 'a function', value);
}

/** By what it can do, so that those of another copy of a package pass. */
export function hasMethod(value: unknown, method: string): boolean {
  return isObject(value) && typeof Reflect.get(value, method) === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
