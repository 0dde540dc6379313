import { expect, it } from 'vitest';
import { percentile } from '../../src/pictures/simulation/percentile.ts';
import { Server, workers } from '../../src/pictures/simulation/server.ts';
import { SimulatedClock } from '../../src/pictures/simulation/simulated-clock.ts';

it('runs timers by their instants, those of one instant in turn, and none that was called off', () => {
  const clock = new SimulatedClock();
  const seen: string[] = [];
  const see = (name: string) => () => void seen.push(`${name} at ${clock.now()}`);
  clock.schedule(20, see('late'));
  clock.schedule(10, see('first'));
  clock.schedule(10, () => {
    see('second')();
    clock.schedule(5, see('nested'));
  });
  clock.schedule(12, see('never'))[Symbol.dispose]();
  clock.schedule(31, see('too late'));
  clock.runTo(30);
  expect(seen).toEqual(['first at 10', 'second at 10', 'nested at 15', 'late at 20']);
  expect(clock.now()).toBe(30);
});

it('a server works on a few calls at a time, and drops from its line whom nobody waits for', () => {
  const clock = new SimulatedClock();
  const server = new Server(clock);
  const answers: number[] = [];
  for (let call = 0; call < workers; call += 1) server.take(10, () => answers.push(clock.now()));
  server.take(10, () => answers.push(Infinity))[Symbol.dispose]();
  server.take(10, () => answers.push(clock.now()));
  clock.runTo(100);
  expect(answers).toEqual([10, 10, 10, 10, 20]);
});

it('a percentile is the value that as many are not above', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([percentile(values, 0.5), percentile(values, 0.99), percentile([], 0.5)]).toEqual([50, 99, 0]);
});
