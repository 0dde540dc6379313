import { checkKeys, fieldError } from '@rollcall/core/driver';

/** `checkKeys` for the options of a function, which the message names. @throws TypeError */
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
