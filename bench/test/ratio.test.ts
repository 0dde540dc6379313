import { describe, expect, it } from 'vitest';
import { isMet, ratioFinding } from '../src/frame/finding.ts';
import { ratioOf } from '../src/frame/ratio.ts';
import { mean, median } from '../src/frame/spread.ts';

describe('ratioOf', () => {
  it('divides round by round, so that a slow round of both weighs no more than another', () => {
    const rounds = [
      { ours: [2, 2], baseline: [1, 1] },
      { ours: [300, 300], baseline: [100, 100] },
      { ours: [4, 4], baseline: [1, 1] },
    ];
    const { ratio, ours, baseline } = ratioOf(rounds, median);
    expect(ratio).toEqual({ lower: 2.5, median: 3, upper: 3.5, samples: 3 });
    expect(ours.median).toBe(4);
    expect(baseline.median).toBe(1);
  });

  it('has one slow call in it or not, by its summary', () => {
    const rounds = [{ ours: [1, 1, 10], baseline: [1, 1, 1] }];
    expect(ratioOf(rounds, median).ratio.median).toBe(1);
    expect(ratioOf(rounds, mean).ratio.median).toBe(4);
  });
});

describe('isMet', () => {
  const ratio = ratioOf([{ ours: [21], baseline: [20] }], median);

  it('judges by the median, the target included', () => {
    expect(isMet(ratioFinding('a', ratio, 'ms', 1.05))).toBe(true);
    expect(isMet(ratioFinding('a', ratio, 'ms', 1.04))).toBe(false);
  });

  it('is undefined without a target', () => {
    expect(isMet(ratioFinding('a', ratio, 'ms'))).toBeUndefined();
  });
});
