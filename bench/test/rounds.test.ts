import { expect, it } from 'vitest';
import { type Contest, measureRounds } from '../src/frame/rounds.ts';

it('runs both as often, swaps who goes first, and takes back what was done before it goes on', async () => {
  const log: string[] = [];
  const contestant =
    (name: string): Contest['ours'] =>
    async () => {
      log.push(name);
      return async () => void log.push(`-${name}`);
    };
  const { time, cpu } = await measureRounds(
    { ours: contestant('a'), baseline: contestant('b') },
    { rounds: 2, pairs: 1, warmUp: 0 },
  );
  expect(log).toEqual(['b', '-b', 'a', '-a', 'a', '-a', 'b', '-b']);
  for (const rounds of [time, cpu])
    expect(rounds.map(({ ours, baseline }) => [ours.length, baseline.length])).toEqual([
      [1, 1],
      [1, 1],
    ]);
});

it('does not count the warm-up', async () => {
  let calls = 0;
  const contestant: Contest['ours'] = async () => void (calls += 1);
  const { time } = await measureRounds({ ours: contestant, baseline: contestant }, { rounds: 1, pairs: 2, warmUp: 3 });
  expect(calls).toBe(10);
  expect(time[0]?.ours).toHaveLength(2);
});
