import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import type { DriverEvent } from '../../src/driver/registry-driver.ts';
import type { ServiceInstance } from '../../src/instance/instance.ts';
import { byId, ServiceSet } from '../../src/watch/service-set.ts';
import { anyId, anyInstance, anyInstances, instance, isFrozen, plainDelta, sorted } from './sample-sets.ts';

const anySnapshot = anyInstances.map((instances): DriverEvent => ({ type: 'snapshot', instances }));
/** From one change to more than are put in place one by one; ids may be put twice, and removed as well. */
const anyChanges = fc
  .record({
    put: fc.oneof(
      fc.array(anyInstance, { maxLength: 2, size: 'max' }),
      fc.array(anyInstance, { maxLength: 40, size: 'max' }),
    ),
    removedIds: fc.oneof(
      fc.array(anyId, { maxLength: 2, size: 'max' }),
      fc.array(anyId, { maxLength: 40, size: 'max' }),
    ),
  })
  .map(({ put, removedIds }): DriverEvent => ({ type: 'changes', put, removedIds }));

/** What an event makes of a set, the slow way. */
function folded(before: readonly ServiceInstance[], event: DriverEvent): readonly ServiceInstance[] {
  if (event.type === 'snapshot') return sorted(event.instances);
  const after = new Map(before.map((one) => [one.id, one]));
  for (const id of event.removedIds) after.delete(id);
  for (const one of event.put) after.set(one.id, one);
  return sorted(after.values());
}

const anyHistory = fc.array(fc.oneof({ weight: 1, arbitrary: anySnapshot }, { weight: 4, arbitrary: anyChanges }), {
  maxLength: 25,
  size: 'max',
});

test('W2: the set is what the events make of it, and each delta what they changed', () =>
  check(
    fc.property(anyHistory, (history) => {
      const set = new ServiceSet();
      for (const event of history) {
        const before = set.instances;
        const delta = set.fold(event);
        expect(set.instances).toEqual(folded(before, event));
        const expected = plainDelta(before, set.instances);
        expect(delta ?? { added: [], updated: [], removed: [] }).toEqual(expected);
        expect(delta === undefined || isFrozen(delta)).toBe(true);
        expect(delta === undefined).toBe(set.instances === before);
      }
    }),
    { numRuns: 80 },
  ));

test('I7: what was handed out is frozen and never changes', () =>
  check(
    fc.property(anyHistory, (history) => {
      const set = new ServiceSet();
      const handedOut: (readonly [readonly ServiceInstance[], ServiceInstance[]])[] = [];
      for (const event of history) {
        handedOut.push([set.instances, [...set.instances]]);
        set.fold(event);
        expect(set.instances).toBe(set.instances);
      }
      for (const [array, copy] of handedOut) {
        expect(Object.isFrozen(array)).toBe(true);
        expect(array.length === copy.length && array.every((one, index) => one === copy[index])).toBe(true);
      }
    }),
    { numRuns: 50 },
  ));

test('I7: what changes leave as it was stays the same object', () =>
  check(
    fc.property(anyInstances, fc.array(anyChanges, { maxLength: 8, size: 'max' }), (instances, history) => {
      const set = new ServiceSet();
      set.fold({ type: 'snapshot', instances });
      for (const event of history) {
        const before = new Map(set.instances.map((one) => [one.id, one]));
        const delta = set.fold(event);
        const changed = new Set([...(delta?.added ?? []), ...(delta?.updated ?? [])]);
        expect(set.instances.every((one) => changed.has(one) || before.get(one.id) === one)).toBe(true);
      }
    }),
  ));

test('W2: what is put stands, even if it is removed in the same step', () => {
  const set = new ServiceSet();
  set.fold({ type: 'snapshot', instances: [instance('a')] });
  const delta = set.fold({ type: 'changes', put: [instance('a', 2)], removedIds: ['a'] });
  expect(delta).toEqual({ added: [], updated: [instance('a', 2)], removed: [] });
});

test('D3: the order is that of UTF-16 code units', () => {
  expect(
    ['\uffff', 'b', '🦊', 'a', 'B', 'b']
      .map((id) => instance(id))
      .toSorted(byId)
      .map(({ id }) => id),
  ).toEqual(['B', 'a', 'b', 'b', '🦊', '\uffff']);
});

test('I7: what a snapshot repeats keeps the object that readers have', () => {
  const set = new ServiceSet();
  const [a, c] = [instance('a'), instance('c')];
  set.fold({ type: 'snapshot', instances: [a, c] });
  set.fold({ type: 'snapshot', instances: [instance('c'), instance('b'), instance('a')] });
  expect(set.instances[0]).toBe(a);
  expect(set.instances[2]).toBe(c);
});
