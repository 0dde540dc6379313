/** Several measurements of one thing: the middle one, and the quartiles beside it. */
export interface Spread {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
  /** How many there were. */
  readonly samples: number;
}

/** @throws RangeError when there is nothing to tell of */
export function spreadOf(values: readonly number[]): Spread {
  return {
    lower: quantile(values, 0.25),
    median: quantile(values, 0.5),
    upper: quantile(values, 0.75),
    samples: values.length,
  };
}

/** What was counted and not measured: it has no spread. */
export function counted(value: number): Spread {
  return { lower: value, median: value, upper: value, samples: 1 };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @throws RangeError when there is none */
export function mean(values: readonly number[]): number {
  assertSome(values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The value below which `share` of them lie, with what is between two of them interpolated.
 * @throws RangeError when there is none, and for a share outside of 0–1
 */
export function quantile(values: readonly number[], share: number): number {
  assertSome(values);
  if (!(share >= 0 && share <= 1)) throw new RangeError(`quantile: expected a share from 0 to 1, got ${share}`);
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

function assertSome(values: readonly number[]): void {
  if (values.length === 0) throw new RangeError('expected at least one measurement, got none');
}
