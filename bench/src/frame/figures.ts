import type { Unit } from './finding.ts';
import type { Spread } from './spread.ts';

/** A figure for people: `1.03 ×`, `0.42 ms`, `1,024 B`. */
export function figure(value: number, unit: Unit): string {
  return unit === 'count' ? number(value, unit) : `${number(value, unit)} ${unit}`;
}

/** From the lower quartile to the upper; empty for what was only counted. */
export function quartiles({ lower, upper, samples }: Spread, unit: Unit): string {
  return samples === 1 ? '' : `${number(lower, unit)} … ${number(upper, unit)}`;
}

function number(value: number, unit: Unit): string {
  const digits = digitsOf(value, unit);
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function digitsOf(value: number, unit: Unit): number {
  switch (unit) {
    case '×':
    case 's':
      return 2;
    case 'ms':
      return Math.abs(value) < 10 ? 3 : 1;
    case '%':
      return 1;
    case 'ns':
    case 'B':
    case 'count':
      return 0;
  }
}
