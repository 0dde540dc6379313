import { type Balancer, createBalancer, roundRobin } from '@rollcall/balancer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { openScene } from '../scene.ts';

/** A balancer that comes, one that is observed, picks, and is let go. */
type Step = { readonly is: 'open' | 'observe' | 'pick' | 'let-go' | 'collect'; readonly which: number };

const anyStep: fc.Arbitrary<Step> = fc.record({
  is: fc.constantFrom('open', 'observe', 'pick', 'pick', 'pick', 'let-go', 'collect'),
  which: fc.nat(2),
});

describe('of each balancer', () => {
  test('picks, results and calls under way are counted', async () => {
    await using scene = await openScene();
    scene.balancer.pick();
    scene.balancer.acquire().done('success');
    scene.balancer.acquire().done('ignored');
    const open = scene.balancer.acquire();
    expect(await scene.metering.lines('rollcall.balancer.picks')).toEqual({ orders: 4 });
    expect(await scene.metering.lines('rollcall.balancer.calls')).toEqual({
      'orders success': 1,
      'orders failure': 0,
      'orders ignored': 1,
    });
    expect(await scene.metering.lines('rollcall.balancer.active_calls')).toEqual({ orders: 1 });
    open.done('success');
    expect(await scene.metering.lines('rollcall.balancer.active_calls')).toEqual({ orders: 0 });
  });

  test('an ejection is counted, and its instance is told as ejected until it returns', async () => {
    await using scene = await openScene();
    expect(await scene.metering.lines('rollcall.balancer.ejections')).toEqual({ orders: 0 });
    scene.balancer.acquire().done('failure');
    expect(await scene.metering.lines('rollcall.balancer.ejections')).toEqual({ orders: 1 });
    expect(await scene.metering.lines('rollcall.balancer.instance.count')).toEqual({
      'orders candidate': 2,
      'orders ejected': 1,
      'orders filtered': 0,
      'orders ineligible': 0,
    });
    await scene.clock.advance(10_000);
    expect(await scene.metering.lines('rollcall.balancer.ejections')).toEqual({ orders: 1 });
    expect(await scene.metering.lines('rollcall.balancer.instance.count')).toMatchObject({
      'orders candidate': 3,
      'orders ejected': 0,
    });
  });

  test('an ejection names its instance where ids are shown', async () => {
    await using scene = await openScene(['a', 'b'], { instanceIds: 'shown' });
    const call = scene.balancer.acquire();
    call.done('failure');
    expect(await scene.metering.lines('rollcall.balancer.ejections')).toMatchObject({
      [`orders ${call.instance.id}`]: 1,
    });
  });

  test('it is counted why there was nobody', async () => {
    await using scene = await openScene([]);
    expect(() => scene.balancer.pick()).toThrow('none is listed');
    expect(() => scene.balancer.acquire()).toThrow('none is listed');
    expect(await scene.metering.lines('rollcall.balancer.refusals')).toEqual({
      'orders NONE_LISTED': 2,
      'orders NONE_ELIGIBLE': 0,
      'orders NONE_SELECTED': 0,
      'orders BALANCER_CLOSED': 0,
    });
  });

  test('a count never falls: who follows another balancer of the service goes on where that one ended', async () => {
    await using scene = await openScene();
    const source = scene.cache.service('orders');
    const former = createBalancer(source, { policy: roundRobin() });
    former.pick(); // before it is observed
    const takeBack = scene.telemetry.observeBalancer(former);
    former.pick();
    expect(await scene.metering.lines('rollcall.balancer.picks')).toEqual({ orders: 1 });
    former.pick();
    former.close();
    takeBack();
    takeBack();
    const next = createBalancer(source, { policy: roundRobin() });
    scene.telemetry.observeBalancer(next);
    expect(await scene.metering.lines('rollcall.balancer.picks')).toEqual({ orders: 2 });
    next.pick();
    expect(await scene.metering.lines('rollcall.balancer.picks')).toEqual({ orders: 3 });
    next.close();
  });

  test('whatever balancers come and go, the picks are those that were made while they were observed', () =>
    check(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 30 }), async (steps) => {
        await using scene = await openScene();
        const source = scene.cache.service('orders');
        const balancers = new Map<number, { readonly balancer: Balancer; letGo?: () => void }>();
        const collected: [unknown, number][] = [];
        let picks = 0;
        for (const { is, which } of [...steps, { is: 'collect', which: 0 }]) {
          const one = balancers.get(which);
          if (is === 'open')
            balancers.set(which, one ?? { balancer: createBalancer(source, { policy: roundRobin() }) });
          else if (is === 'collect') collected.push([await scene.metering.lines('rollcall.balancer.picks'), picks]);
          else if (one === undefined) continue;
          else if (is === 'observe') one.letGo ??= scene.telemetry.observeBalancer(one.balancer);
          else if (is === 'pick') {
            one.balancer.pick();
            if (one.letGo !== undefined) picks += 1;
          } else {
            one.letGo?.();
            delete one.letGo;
          }
        }
        expect(collected.map(([lines]) => lines)).toEqual(collected.map(([, expected]) => ({ orders: expected })));
        for (const { balancer } of balancers.values()) balancer.close();
      }),
      { numRuns: 50 },
    ));
});
