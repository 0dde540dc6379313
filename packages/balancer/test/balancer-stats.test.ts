import { manualClock } from '@rollcall/core';
import { expect, test } from 'vitest';
import { createBalancer, roundRobin } from '../src/index.ts';
import { instance, settableSource } from './settable-source.ts';

test('the stats of a balancer count what it gave, how calls ended, and for want of what it gave nobody', () => {
  const source = settableSource();
  const balancer = createBalancer(source, { policy: roundRobin() });
  expect(() => balancer.pick()).toThrow('none is listed');
  source.set([instance('a'), instance('b')]);
  balancer.pick();
  for (const result of ['success', 'success', 'failure', 'ignored'] as const) balancer.acquire().done(result);
  const open = balancer.acquire({ avoid: new Set(['a']) });
  expect(balancer.stats).toMatchObject({
    picked: 1,
    acquired: 5,
    done: { success: 2, failure: 1, ignored: 1 },
    refused: { NONE_LISTED: 1, NONE_ELIGIBLE: 0, NONE_SELECTED: 0, BALANCER_CLOSED: 0 },
  });
  balancer.close();
  open.done('success');
  open.done('success');
  expect(() => balancer.acquire()).toThrow('the balancer is closed');
  expect(balancer.stats).toMatchObject({
    picked: 1,
    acquired: 5,
    done: { success: 3 },
    refused: { BALANCER_CLOSED: 1 },
  });
});

test('they say of everybody who is listed what keeps it from being picked', async () => {
  const clock = manualClock();
  const source = settableSource([
    instance('a'),
    instance('b'),
    instance('c'),
    instance('drained', { status: 'draining' }),
    instance('other', { deployment: 'other' }),
    instance('weightless', { weight: 0 }),
  ]);
  const balancer = createBalancer(source, {
    policy: roundRobin(),
    filters: [(all) => all.filter(({ deployment }) => deployment !== 'other')],
    ejection: { failures: 1, baseMs: 10_000 },
    clock,
    random: () => 0,
  });
  expect(balancer.stats.instances).toEqual({ candidate: 3, ejected: 0, filtered: 1, ineligible: 2 });
  balancer.acquire().done('failure');
  expect(balancer.stats.instances).toEqual({ candidate: 2, ejected: 1, filtered: 1, ineligible: 2 });
  await clock.advance(10_000);
  expect(balancer.stats.instances).toEqual({ candidate: 3, ejected: 0, filtered: 1, ineligible: 2 });
  balancer.close();
  expect(balancer.stats.instances).toEqual({ candidate: 0, ejected: 0, filtered: 0, ineligible: 0 });
});
