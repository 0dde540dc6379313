import { expect, test } from 'vitest';
import { Draws } from '../src/draws.ts';
import { tally } from './settable-source.ts';

test('draws are spread evenly, alone and in pairs', () => {
  const draws = new Draws(() => 0.123);
  const pairs = tally(Array.from({ length: 100_000 }, () => `${draws.below(10)} ${draws.below(10)}`));
  expect(pairs.size).toBe(100);
  // 1,000 each on average, with a standard deviation of 32.
  for (const count of pairs.values()) expect(Math.abs(count - 1_000)).toBeLessThan(190);
});

test('one start gives one sequence, and another one another', () => {
  const sequence = (start: number): number[] => {
    const draws = new Draws(() => start);
    return Array.from({ length: 5 }, () => draws.next());
  };
  expect(sequence(0.5)).toEqual(sequence(0.5));
  expect(sequence(0.5)).not.toEqual(sequence(0.25));
  for (const draw of sequence(0.999_999)) expect(draw).toBeLessThan(1);
});

test('the number that they start at is the first one where it is 0, so that turns begin with the first', () => {
  expect(new Draws(() => 0).below(1_000)).toBe(0);
});
