import { manualClock } from '@rollcall/core';
import { expect, test } from 'vitest';
import { createBalancer, weightedRoundRobin } from '../src/index.ts';
import { instance, picks, settableSource, tally } from './settable-source.ts';

const options = { policy: weightedRoundRobin(), slowStart: { windowMs: 10_000, initialShare: 0.1 } };

test('the share of a newcomer grows in even steps to the whole', async () => {
  const clock = manualClock();
  const source = settableSource([instance('old')]);
  const balancer = createBalancer(source, { ...options, clock });
  source.set([instance('old'), instance('new')]);
  const shares: number[] = [];
  for (let second = 0; second <= 11; second += 1) {
    const counts = tally(picks(2_000, () => balancer.pick()));
    shares.push(Math.round(((counts.get('new') ?? 0) / (counts.get('old') ?? 0)) * 100) / 100);
    await clock.advance(1_000);
  }
  expect(shares).toEqual([0.1, 0.19, 0.28, 0.37, 0.46, 0.55, 0.64, 0.73, 0.82, 0.91, 1, 1]);
});

test('whoever is there at the start has its whole share, and so has everybody when all are new', () => {
  const clock = manualClock();
  const source = settableSource([instance('a'), instance('b')]);
  const balancer = createBalancer(source, { ...options, clock });
  expect(tally(picks(100, () => balancer.pick()))).toEqual(tally([...Array(50).fill('a'), ...Array(50).fill('b')]));
  source.set([instance('c'), instance('d')]);
  expect(tally(picks(100, () => balancer.pick()))).toEqual(tally([...Array(50).fill('c'), ...Array(50).fill('d')]));
});

test('an instance is new when it comes up, not when it is listed, and a newer record does not make it new', async () => {
  const clock = manualClock();
  const source = settableSource([instance('old'), instance('late', { status: 'starting' })]);
  const balancer = createBalancer(source, { ...options, clock });
  const share = (): number => (tally(picks(1_100, () => balancer.pick())).get('late') ?? 0) / 1_100;
  await clock.advance(60_000);
  source.set([instance('old'), instance('late')]);
  expect(share()).toBeCloseTo(0.1 / 1.1, 2);
  await clock.advance(10_000);
  source.set([instance('old'), instance('late', { version: '2' })]);
  expect(share()).toBeCloseTo(0.5, 2);
});

test('no timer is left when all have their share, or the balancer is closed', async () => {
  const clock = manualClock();
  let timers = 0;
  const counting = {
    now: () => clock.now(),
    schedule: (ms: number, callback: () => void) => {
      timers += 1;
      return clock.schedule(ms, callback);
    },
  };
  const source = settableSource([instance('old')]);
  const balancer = createBalancer(source, { ...options, clock: counting });
  source.set([instance('old'), instance('new')]);
  await clock.advance(60_000);
  expect(timers).toBe(10);
  source.set([instance('newer')]);
  balancer.close();
  await clock.advance(60_000);
  expect(timers).toBe(11);
});
