import { manualClock } from '@rollcall/core';
import { expect, test } from 'vitest';
import { createBalancer, peakEwma } from '../../src/index.ts';
import { instance, picks, seeded, settableSource, tally } from '../settable-source.ts';

test('of two idle instances the faster is always chosen, until the difference is forgotten', async () => {
  const clock = manualClock();
  const source = settableSource([instance('fast'), instance('slow')]);
  const balancer = createBalancer(source, { policy: peakEwma({ decayMs: 1_000 }), clock, random: seeded(3) });
  const calls = [balancer.acquire(), balancer.acquire()];
  await clock.advance(10);
  calls.find(({ instance: { id } }) => id === 'fast')?.done('success');
  await clock.advance(90);
  calls.find(({ instance: { id } }) => id === 'slow')?.done('success');
  expect(tally(picks(200, () => balancer.pick()))).toEqual(new Map([['fast', 200]]));
  await clock.advance(1_000_000);
  expect(tally(picks(200, () => balancer.pick())).size).toBe(2);
});

test('one slow answer counts at once, one fast answer does not', async () => {
  const clock = manualClock();
  const source = settableSource([instance('a'), instance('b')]);
  const balancer = createBalancer(source, { policy: peakEwma(), clock });
  const answered = async (ms: number): Promise<string> => {
    const call = balancer.acquire();
    await clock.advance(ms);
    call.done('success');
    return call.instance.id;
  };
  const first = await answered(20);
  const second = await answered(10);
  expect(second).not.toBe(first);
  expect(await answered(90)).toBe(second);
  expect(await answered(20)).toBe(first);
  const held = Array.from({ length: 3 }, () => balancer.acquire());
  expect(new Set(held.map(({ instance: { id } }) => id))).toEqual(new Set([first]));
  for (const call of held) call.done('ignored');
  const fast = balancer.acquire({ avoid: new Set([first]) });
  await clock.advance(1);
  fast.done('success');
  expect(await answered(20)).toBe(first);
});

test('while equal instances are called one at a time, the shares are those of the weights', async () => {
  const clock = manualClock();
  const weights = [50, 100, 200, 400];
  const set = weights.map((weight, index) => instance(`i${index}`, { weight }));
  const balancer = createBalancer(settableSource(set), { policy: peakEwma(), clock, random: seeded(5) });
  const ids: string[] = [];
  for (let turn = 0; turn < 3_000; turn += 1) {
    const call = balancer.acquire();
    await clock.advance(10);
    call.done('success');
    ids.push(call.instance.id);
  }
  const counts = tally(ids);
  // Six standard deviations.
  for (const { id, weight } of set) {
    const share = weight / 750;
    expect(Math.abs((counts.get(id) ?? 0) - 3_000 * share)).toBeLessThan(6 * Math.sqrt(3_000 * share * (1 - share)));
  }
});

test('an instance that fails at once attracts nobody', async () => {
  const clock = manualClock();
  const source = settableSource([instance('broken'), instance('slow')]);
  const balancer = createBalancer(source, { policy: peakEwma(), clock });
  const calls = [balancer.acquire(), balancer.acquire()];
  await clock.advance(1);
  calls.find(({ instance: { id } }) => id === 'broken')?.done('failure');
  await clock.advance(200);
  calls.find(({ instance: { id } }) => id === 'slow')?.done('success');
  expect(tally(picks(100, () => balancer.pick()))).toEqual(new Map([['slow', 100]]));
});

test('what was learned stays when the set changes, and newcomers get a call to be measured by', async () => {
  const clock = manualClock();
  const [fast, slow] = [instance('fast'), instance('slow')];
  const source = settableSource([fast, slow]);
  const balancer = createBalancer(source, { policy: peakEwma(), clock });
  const calls = [balancer.acquire(), balancer.acquire()];
  await clock.advance(10);
  calls.find((call) => call.instance === fast)?.done('success');
  await clock.advance(90);
  calls.find((call) => call.instance === slow)?.done('success');
  source.set([instance('fast', { version: '2' }), slow]);
  expect(tally(picks(50, () => balancer.pick()))).toEqual(new Map([['fast', 50]]));
  source.set([slow, instance('new')]);
  expect(balancer.acquire().instance.id).toBe('new');
});
