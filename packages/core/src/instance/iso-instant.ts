import { fieldError } from './field-error.ts';

const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-](\d\d):(\d\d))$/;
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

function isInstant(text: string): boolean {
  const match = pattern.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, ...clock] = match.slice(1).map(Number); // NaN for a part that is not there
  const [hour = 0, minute = 0, second, offsetHour, offsetMinute] = clock;
  return (
    day >= 1 &&
    day <= daysOf(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    isAtMost(59, second) &&
    isAtMost(23, offsetHour) &&
    isAtMost(59, offsetMinute)
  );
}

/** True for a part that is not there. */
function isAtMost(most: number, part: number | undefined): boolean {
  return !(Number(part) > most);
}

/** 0 for a month that does not exist. */
function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (monthDays[month - 1] ?? 0);
}
