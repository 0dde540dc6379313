import { fieldError } from '@rollcall/core/driver';

/** @throws TypeError unless `options` is an object with no keys but these */
export function checkOptionKeys(path: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw fieldError(path, 'an object', options);
  const stranger = Object.keys(options).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new TypeError(`${path}.${stranger}: unknown key; known are ${known.join(', ')}`);
}

/** Both ends are meant. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** @throws TypeError unless it is a number in the range */
export function checkNumber(path: string, value: unknown, { from, to }: NumberRange): number {
  if (typeof value === 'number' && value >= from && value <= to) return value;
  throw fieldError(path, `a number from ${from} to ${to}`, value);
}

/** @throws TypeError unless it is a whole number in the range */
export function checkInteger(path: string, value: unknown, { from, to }: NumberRange): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
  throw fieldError(path, `a whole number from ${from} to ${to}`, value);
}

/** @throws TypeError unless it is a function or left out */
export function checkFunction(path: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw fieldError(path, 'a function', value);
}

/** By what it can do, so that those of another copy of a package pass. @throws TypeError unless it has this method */
export function checkMethod(path: string, value: unknown, method: string, expected: string): void {
  if (typeof value !== 'object' || value === null || typeof Reflect.get(value, method) !== 'function')
    throw fieldError(path, expected, value);
}
