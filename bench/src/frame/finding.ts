import type { Ratio } from './ratio.ts';
import type { Spread } from './spread.ts';

/** `×`: how many times the baseline; `count`: a number of things. */
export type Unit = '×' | 'ns' | 'ms' | 's' | 'B' | '%' | 'count';

/** One line of the table. */
export interface Finding {
  /** What was measured, within its row. */
  readonly what: string;
  readonly value: Spread;
  readonly unit: Unit;
  /** What `value` should not exceed. A figure without one is for information. */
  readonly atMost?: number;
  /** The absolute figures beside it. */
  readonly absolute?: { readonly ours: Spread; readonly baseline: Spread; readonly unit: Unit };
}

/** A ratio as a line of the table. */
export function ratioFinding(what: string, { ratio, ours, baseline }: Ratio, unit: Unit, atMost?: number): Finding {
  return {
    what,
    value: ratio,
    unit: '×',
    absolute: { ours, baseline, unit },
    ...(atMost !== undefined && { atMost }),
  };
}

/** Whether the target is met, by the median; undefined where there is none. */
export function isMet({ value, atMost }: Finding): boolean | undefined {
  return atMost === undefined ? undefined : value.median <= atMost;
}
