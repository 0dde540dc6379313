import { fieldError } from './field-error.ts';

const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
const digitZero = 0x30;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * `value` as it is, if it is an ISO 8601 instant (I4): a date that exists, `T`, a time with or without seconds and their
 * fraction, and `Z` or an offset. Leap seconds and hour 24 are refused, as `Date` and most databases know neither.
 * @throws TypeError that names `path` (I6)
 */
export function isoInstant(value: unknown, path: string): string {
  if (typeof value !== 'string' || !isInstant(value)) {
    throw fieldError(path, 'an ISO 8601 instant such as "2024-02-29T12:30:00Z"', value);
  }
  return value;
}

/** The pattern gives each part but seconds, their fraction and the offset its place. */
function isInstant(text: string): boolean {
  if (!pattern.test(text)) return false;
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
  const day = twoDigits(text, 8);
  return (
    day >= 1 &&
    day <= daysOf(year, twoDigits(text, 5)) &&
    twoDigits(text, 11) <= 23 &&
    twoDigits(text, 14) <= 59 &&
    (text[16] !== ':' || twoDigits(text, 17) <= 59) &&
    (text.endsWith('Z') || (twoDigits(text, text.length - 5) <= 23 && twoDigits(text, text.length - 2) <= 59))
  );
}

function twoDigits(text: string, index: number): number {
  return 10 * text.charCodeAt(index) + text.charCodeAt(index + 1) - 11 * digitZero;
}

/** 0 for a month that does not exist. */
function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (monthDays[month - 1] ?? 0);
}
