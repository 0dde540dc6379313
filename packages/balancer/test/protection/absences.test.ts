import type { InstanceStatus, ServiceInstance } from '@rollcall/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { Absences, type AbsenceStep } from '../../src/protection/absences.ts';
import { ids, instance, instances } from '../instances.ts';

const terms = { share: 0.5, atLeast: 2, windowMs: 30_000, holdMs: 60_000 };

/** A registry of one service whose changes `Absences` is told. */
class Told {
  readonly absences = new Absences(terms);
  live: readonly ServiceInstance[] = [];

  to(now: number, next: readonly ServiceInstance[], continuity: AbsenceStep['continuity'] = 'kept') {
    const before = this.live;
    this.live = next;
    return this.absences.step({
      now,
      live: next,
      added: next.filter(({ id }) => !before.some((one) => one.id === id)),
      removed: before.filter(({ id }) => !next.some((one) => one.id === id)),
      continuity,
    });
  }
}

function toldOf(set: readonly ServiceInstance[]): Told {
  const told = new Told();
  told.to(0, set);
  return told;
}

describe('a disappearance', () => {
  test('of less than the share is believed at once', () => {
    const told = toldOf(instances(4));
    expect(told.to(1, instances(2))).toBeUndefined();
    expect(told.absences.held).toEqual([]);
  });

  test('of one instance is believed at once, also when it is the only one', () => {
    const told = toldOf(instances(1));
    expect(told.to(1, [])).toBeUndefined();
    expect(told.absences.held).toEqual([]);
  });

  test('of more than the share is held, and told with what is left', () => {
    const told = toldOf(instances(4));
    expect(told.to(1, instances(1))).toEqual({ is: 'began', pattern: 'in-one-step', held: 3, left: 1 });
    expect(ids(told.absences.held)).toEqual(['b', 'c', 'd']);
    expect(told.absences.heldUntil).toBe(60_001);
  });

  test('one by one within the window brings the first ones back too', () => {
    const told = toldOf(instances(5));
    expect(told.to(1, instances(4))).toBeUndefined();
    expect(told.to(2, instances(3))).toBeUndefined();
    expect(told.to(3, instances(2))).toMatchObject({ is: 'began', pattern: 'one-by-one', held: 3 });
    expect(ids(told.absences.held)).toEqual(['e', 'd', 'c']);
  });

  test('one by one over a longer time is believed', () => {
    const told = toldOf(instances(5));
    for (let left = 4; left >= 0; left -= 1) expect(told.to((5 - left) * 31_000, instances(left))).toBeUndefined();
  });

  test('after an outage is told as such', () => {
    const told = toldOf(instances(3));
    expect(told.to(1, [], 'lost')).toMatchObject({ pattern: 'after-outage' });
  });

  test.each<InstanceStatus>(['draining', 'out-of-service', 'starting'])(
    'of instances that were %s is believed at once, however many they are',
    (status) => {
      const told = toldOf(['a', 'b', 'c'].map((id) => instance(id, status)));
      expect(told.to(1, [])).toBeUndefined();
      expect(told.absences.held).toEqual([]);
    },
  );

  test('in which others came in their place is believed', () => {
    const told = toldOf(instances(3));
    expect(
      told.to(
        1,
        ['x', 'y', 'z'].map((id) => instance(id)),
      ),
    ).toBeUndefined();
  });
});

describe('those that are held', () => {
  test('are let go as they return, and the protection ends with the last', () => {
    const told = toldOf(instances(3));
    told.to(1, []);
    expect(told.to(2, instances(2))).toBeUndefined();
    expect(ids(told.absences.held)).toEqual(['c']);
    expect(told.to(3, instances(3))).toEqual({ is: 'ended', because: 'all-returned' });
    expect(told.absences.heldUntil).toBeUndefined();
  });

  test('are joined by others that go meanwhile, within the same bound', () => {
    const told = toldOf(instances(4));
    told.to(1, instances(1));
    expect(told.to(30_000, [])).toBeUndefined();
    expect(told.absences.held).toHaveLength(4);
    expect(told.absences.heldUntil).toBe(60_001);
  });

  test('are believed gone when the bound is over, and not held again', () => {
    const told = toldOf(instances(3));
    told.to(1, []);
    expect(told.absences.believe()).toBe(3);
    expect(told.absences.held).toEqual([]);
    expect(told.to(60_002, [instance('x')])).toBeUndefined();
  });
});

test('whatever happens: who is held was up when last seen, is not listed, and is held for no longer than the bounds allow', () =>
  check(
    fc.property(fc.array(fc.tuple(fc.nat(40_000), aSet()), { maxLength: 40 }), (steps) => {
      const told = new Told();
      const lastSeen = new Map<string, { instance: ServiceInstance; at: number }>();
      let now = 0;
      for (const [elapsed, next] of steps) {
        now += elapsed;
        const { heldUntil } = told.absences;
        if (heldUntil !== undefined && heldUntil <= now) told.absences.believe();
        for (const one of told.live) lastSeen.set(one.id, { instance: one, at: now });
        told.to(now, next);
        for (const held of told.absences.held) {
          const seen = lastSeen.get(held.id);
          expect(seen?.instance).toBe(held);
          expect(held.status).toBe('up');
          expect(ids(next)).not.toContain(held.id);
          expect(now - (seen?.at ?? 0)).toBeLessThan(terms.windowMs + terms.holdMs);
        }
      }
    }),
  ));

function aSet(): fc.Arbitrary<readonly ServiceInstance[]> {
  const statuses: readonly InstanceStatus[] = ['up', 'up', 'up', 'draining', 'out-of-service', 'starting'];
  const one = fc.tuple(fc.constantFrom(...ids(instances(8))), fc.constantFrom(...statuses));
  return fc
    .uniqueArray(one, { selector: ([id]) => id })
    .map((chosen) => chosen.map(([id, status]) => instance(id, status)));
}
