import { expect, it } from 'vitest';
import { type Caller, contest } from '../../src/clients/contest.ts';
import type { Load, Took } from '../../src/clients/job.ts';

/** Takes so long for each call, and works half of that. Writes down what it is asked. */
function caller(name: string, msEach: number, log: string[]): Caller {
  log.push(`${name} starts`);
  return {
    async ask({ calls, inFlight }: Load): Promise<Took> {
      log.push(`${name}: ${calls}, ${inFlight} at a time`);
      return { ms: calls * msEach, cpuMs: (calls * msEach) / 2 };
    },
    async [Symbol.asyncDispose]() {
      log.push(`${name} ends`);
    },
  };
}

const warmUp = { calls: 10, inFlight: 1, times: 1 };
const load = { calls: 100, inFlight: 8, times: 2 };

it('has both make the same loads in turn, swaps who goes first, and starts both anew for each round, the other one first', async () => {
  const log: string[] = [];
  await contest({ ours: 'a', baseline: 'b' }, { rounds: 2, warmUp, loads: [load] }, (name) => caller(name, 1, log));
  const [a, b] = ['a: 100, 8 at a time', 'b: 100, 8 at a time'];
  const turns = ['a: 10, 1 at a time', 'b: 10, 1 at a time', a, b, b, a];
  const first = ['a starts', 'b starts', ...turns, 'b ends', 'a ends'];
  const second = ['b starts', 'a starts', ...turns, 'a ends', 'b ends'];
  expect(log).toEqual([...first, ...second]);
});

it('tells what each call took, for each load, without the warm-up', async () => {
  const told = await contest(
    { ours: 3, baseline: 2 },
    { rounds: 1, warmUp, loads: [load, { ...load, inFlight: 64 }] },
    (msEach) => {
      const one = caller('', msEach, []);
      return {
        ...one,
        ask: async (asked) => (asked.calls === warmUp.calls ? { ms: 1e6, cpuMs: 1e6 } : await one.ask(asked)),
      };
    },
  );
  expect(told.map(({ inFlight }) => inFlight)).toEqual([8, 64]);
  for (const { time, cpu } of told) {
    expect([time.ours.median, time.baseline.median, time.ratio.median]).toEqual([3, 2, 1.5]);
    expect([cpu.ours.median, cpu.baseline.median, cpu.ratio.median]).toEqual([1.5, 1, 1.5]);
  }
});

it('ends both when one of them fails', async () => {
  const log: string[] = [];
  const failing = contest({ ours: 'a', baseline: 'b' }, { rounds: 1, warmUp, loads: [load] }, (name) => ({
    ...caller(name, 1, log),
    ask: () => Promise.reject(new Error('refused')),
  }));
  await expect(failing).rejects.toThrow('refused');
  expect(log).toEqual(['a starts', 'b starts', 'b ends', 'a ends']);
});
