import { fieldError, hasMethod } from '@rollcall/core/driver';

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

/** By what it can do, so that those of another copy of a package pass. @throws TypeError unless it has this method */
export function checkMethod(path: string, value: unknown, method: string, expected: string): void {
  if (!hasMethod(value, method)) throw fieldError(path, expected, value);
}
