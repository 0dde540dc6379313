import { describe, expect, it } from 'vitest';
import { counted, mean, median, quantile, spreadOf } from '../src/frame/spread.ts';

describe('quantile', () => {
  it('is a value where one stands at its place', () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantile([5, 1, 4, 2, 3], share))).toEqual([1, 2, 3, 4, 5]);
  });

  it('lies between two where none does', () => {
    expect(quantile([1, 2], 0.25)).toBe(1.25);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('sorts numbers as numbers, and leaves what it was given as it was', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  it('refuses to tell of nothing, and a share that is none', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
    expect(() => mean([])).toThrow(RangeError);
    expect(() => quantile([1], 1.5)).toThrow('share');
    expect(() => quantile([1], Number.NaN)).toThrow('share');
  });
});

describe('spreadOf', () => {
  it('has the quartiles and the number of measurements', () => {
    expect(spreadOf([1, 2, 3, 4, 5])).toEqual({ lower: 2, median: 3, upper: 4, samples: 5 });
  });

  it('of what was counted is one figure', () => {
    expect(counted(7)).toEqual({ lower: 7, median: 7, upper: 7, samples: 1 });
  });
});
