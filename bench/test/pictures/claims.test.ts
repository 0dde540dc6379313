import { consistentHash, leastOutstanding, peakEwma, roundRobin, weightedRoundRobin } from '@rollcall/balancer';
import { describe, expect, it } from 'vitest';
import { counted, measureCanary, thrown } from '../../src/pictures/scenes/canary-share.ts';
import { failedShare, measureFailingInstance } from '../../src/pictures/scenes/failing-instance.ts';
import { measureHotKey } from '../../src/pictures/scenes/hot-key.ts';
import { byRemainder, byRing, measureMovedKeys } from '../../src/pictures/scenes/moved-keys.ts';
import { measureRecovery, shareOfPatient } from '../../src/pictures/scenes/recovery.ts';
import { measureSlowInstance } from '../../src/pictures/scenes/slow-instance.ts';
import { measureSlowStart } from '../../src/pictures/scenes/slow-start.ts';
import { measureSpread } from '../../src/pictures/scenes/spread.ts';
import { measureWeights } from '../../src/pictures/scenes/weights.ts';

describe('what docs/load-balancing.md says', () => {
  it('turns are exact, by number and by weight', () => {
    expect(new Set(measureSpread(roundRobin()))).toEqual(new Set([100]));
    expect(measureWeights(weightedRoundRobin())).toEqual([100, 200, 400, 800]);
  });

  it('a load bound makes the shares of a ring more even', () => {
    const range = (counts: readonly number[]): number => Math.max(...counts) - Math.min(...counts);
    expect(range(measureSpread(consistentHash()))).toBeLessThan(
      range(measureSpread(consistentHash({ loadBound: Infinity }))),
    );
  });

  it('a slow instance gets few calls by leastOutstanding, and fewer by peakEwma; round robin loses all it sends there', () => {
    const [byTurn, byCalls, byLatency] = [roundRobin(), leastOutstanding(), peakEwma()].map((policy) =>
      measureSlowInstance(policy, 1),
    );
    expect(byTurn?.givenUp).toBeGreaterThan(0.09);
    expect(byCalls?.toSlow).toBeLessThan(0.03);
    expect(byLatency?.toSlow).toBeLessThan(byCalls?.toSlow ?? 0);
    expect(byLatency?.p99).toBeLessThan(byCalls?.p99 ?? 0);
  });

  it('many callers with few calls each lose what leastOutstanding sees, and keep what peakEwma remembers', () => {
    expect(measureSlowInstance(leastOutstanding(), 50).givenUp).toBeGreaterThan(0.02);
    expect(measureSlowInstance(peakEwma(), 50).givenUp).toBeLessThan(0.001);
  });

  it('an instance that fails at once draws calls by leastOutstanding, and next to none with ejection', () => {
    const byTurn = failedShare(measureFailingInstance({ policy: roundRobin() }));
    expect(failedShare(measureFailingInstance({ policy: leastOutstanding() }))).toBeGreaterThan(1.5 * byTurn);
    expect(failedShare(measureFailingInstance({ policy: leastOutstanding(), ejection: {} }))).toBeLessThan(0.002);
  });

  it('leastOutstanding forgives at once, and peakEwma within some ten seconds', () => {
    const afterwards = [leastOutstanding(), peakEwma()].map((policy) => {
      const calls = measureRecovery(policy);
      return { soon: shareOfPatient(calls, [30, 35]), later: shareOfPatient(calls, [45, 60]) };
    });
    expect(afterwards[0]?.soon).toBeGreaterThan(0.08);
    expect(afterwards[1]?.soon).toBeLessThan(0.05);
    for (const { later } of afterwards) expect(later).toBeCloseTo(0.1, 1);
  });

  it('about as many keys move as have to, where a remainder moves nearly all', () => {
    const ring = measureMovedKeys(byRing);
    expect(ring.leaves).toBeLessThan(0.13);
    expect(ring.comes).toBeLessThan(0.13);
    expect(measureMovedKeys(byRemainder).leaves).toBeGreaterThan(0.85);
  });

  it.each([1.25, 2])('no instance has more than %f times its part of the calls under way', (loadBound) => {
    expect(measureHotKey(loadBound).most).toBeLessThanOrEqual(Math.ceil(loadBound * 10));
  });

  it('a newcomer begins with a tenth of its share, and never gets less than before until it has all', () => {
    const counts = measureSlowStart({ windowMs: 30_000 });
    expect(counts[11]).toBeLessThan(15);
    for (const [second, count] of counts.slice(11, 41).entries())
      expect(count).toBeGreaterThanOrEqual((counts[second + 10] ?? 0) - 2);
    expect(counts.slice(41)).toEqual(Array.from({ length: 19 }, () => 100));
  });

  it('a canary is less than one call off its share after any number of calls, and a coin is not', () => {
    for (const off of measureCanary(counted())) expect(Math.abs(off)).toBeLessThan(1);
    expect(Math.max(...measureCanary(thrown(11)).map(Math.abs))).toBeGreaterThan(2);
  });
});
