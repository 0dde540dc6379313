import { manualClock } from '@rollcall/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../testing/fc.ts';
import {
  type Balancer,
  type BalancerDiagnosticEvent,
  createBalancer,
  type EjectionOptions,
  roundRobin,
} from '../src/index.ts';
import { ejectionCap } from '../src/ejection.ts';
import { instance, instances, picks, settableSource } from './settable-source.ts';

/** Calls until `id` has failed `times` times in a row; all others succeed. */
function failing(balancer: Balancer, id: string, times: number): void {
  for (let failed = 0; failed < times;) {
    const call = balancer.acquire();
    if (call.instance.id === id) failed += 1;
    call.done(call.instance.id === id ? 'failure' : 'success');
  }
}

function ids(balancer: Balancer): string[] {
  return balancer.candidates.map(({ id }) => id);
}

function scene(count: number, ejection: EjectionOptions) {
  const clock = manualClock();
  const events: BalancerDiagnosticEvent[] = [];
  const source = settableSource(instances(count));
  const onDiagnostic = (event: BalancerDiagnosticEvent) => events.push(event);
  const balancer = createBalancer(source, { policy: roundRobin(), ejection, clock, onDiagnostic });
  return { clock, events, source, balancer };
}

test('an instance that fails too often in a row is left out for a while, and both are told', async () => {
  const { balancer, clock, events } = scene(3, { failures: 3, baseMs: 1_000 });
  failing(balancer, 'i1', 2);
  expect(ids(balancer)).toEqual(['i0', 'i1', 'i2']);
  failing(balancer, 'i1', 1);
  expect(ids(balancer)).toEqual(['i0', 'i2']);
  expect(picks(20, () => balancer.pick())).not.toContain('i1');
  await clock.advance(999);
  expect(ids(balancer)).toEqual(['i0', 'i2']);
  await clock.advance(1);
  expect(ids(balancer)).toEqual(['i0', 'i1', 'i2']);
  expect(events).toEqual([
    { type: 'instance-ejected', service: 'orders', id: 'i1', failures: 3, forMs: 1_000 },
    { type: 'instance-returned', service: 'orders', id: 'i1' },
  ]);
});

test('a success ends the row of failures, and what is ignored does not', () => {
  const { balancer } = scene(1, { failures: 2 });
  const { balancer: two } = scene(2, { failures: 2 });
  const results = ['failure', 'success', 'failure', 'ignored'] as const;
  for (const result of results) for (const _ of [1, 2]) two.acquire().done(result);
  expect(ids(two)).toHaveLength(2);
  for (const _ of [1, 2]) two.acquire().done('failure');
  expect(ids(two)).toHaveLength(1);
  for (const _ of [1, 2, 3]) balancer.acquire().done('failure');
  expect(ids(balancer)).toEqual(['i0']);
});

test('who fails again soon after its return is out for twice as long, up to a bound; who held out begins anew', async () => {
  const { balancer, clock, events } = scene(2, { failures: 1, baseMs: 1_000, maxMs: 3_000 });
  const outFor = async (pauseMs: number): Promise<number> => {
    await clock.advance(pauseMs);
    failing(balancer, 'i0', 1);
    const event = events.at(-1);
    const forMs = event?.type === 'instance-ejected' ? event.forMs : 0;
    await clock.advance(forMs);
    return forMs;
  };
  expect(await outFor(0)).toBe(1_000);
  expect(await outFor(999)).toBe(2_000);
  expect(await outFor(0)).toBe(3_000);
  expect(await outFor(3_000)).toBe(1_000);
});

test('results that come in after an instance has left change nothing', () => {
  const { balancer, source, events } = scene(3, { failures: 1 });
  const calls = Array.from({ length: 3 }, () => balancer.acquire());
  source.set([instance('new'), instance('other')]);
  for (const call of calls) call.done('failure');
  expect(ids(balancer)).toEqual(['new', 'other']);
  expect(events).toEqual([]);
});

test('a balancer that is closed lets nobody return', async () => {
  const { balancer, clock, events } = scene(2, { failures: 1 });
  balancer.acquire().done('failure');
  balancer.close();
  await clock.advance(1_000_000);
  expect(events).toHaveLength(1);
});

test('whatever fails and whoever leaves, never more are out than the cap, and never all', () =>
  check(
    fc.asyncProperty(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(
        fc.oneof(
          fc.record({ is: fc.constant('calls'), fail: fc.array(fc.boolean(), { maxLength: 40, size: 'max' }) }),
          fc.record({ is: fc.constant('set'), count: fc.integer({ min: 0, max: 20 }) }),
          fc.record({ is: fc.constant('time'), ms: fc.integer({ min: 0, max: 4_000 }) }),
        ),
        { maxLength: 20, size: 'max' },
      ),
      async (maxShare, steps) => {
        const { balancer, clock, source } = scene(10, { failures: 2, baseMs: 1_000, maxShare });
        for (const step of steps) {
          if ('ms' in step) await clock.advance(step.ms);
          if ('count' in step) source.set(instances(step.count));
          for (const isFailure of 'fail' in step ? step.fail : []) {
            if (source.instances.length > 0) balancer.acquire().done(isFailure ? 'failure' : 'success');
            const listed = source.instances.length;
            const out = listed - balancer.candidates.length;
            expect(out).toBeLessThanOrEqual(ejectionCap(listed, maxShare));
          }
          const listed = source.instances.length;
          expect(listed - balancer.candidates.length).toBeLessThanOrEqual(ejectionCap(listed, maxShare));
          expect(balancer.candidates.length).toBeGreaterThanOrEqual(Math.min(1, listed));
        }
      },
    ),
  ));

test.each([
  [0, 0.5, 0],
  [1, 1, 0],
  [2, 0, 1],
  [3, 1, 2],
  [10, 0.1, 1],
  [100, 0.1, 10],
])('of %i, at a share of %d, %i may be out', (count, maxShare, cap) => {
  expect(ejectionCap(count, maxShare)).toBe(cap);
});
