import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { ServiceView } from '../../src/watch/service-view.ts';
import type { Revision } from '../../src/watch/watcher.ts';
import { anyInstances, instance, isFrozen, plainDelta } from './sample-sets.ts';

function newView(): ServiceView {
  let revisions = 0;
  return new ServiceView(() => `${++revisions}` as Revision);
}

test('W7: a view is not known before the first read, also of an empty set', () => {
  const view = newView();
  expect(view.isKnown).toBe(false);
  expect(view.open({ type: 'snapshot', instances: [] })).toBe(false);
  expect(view.isKnown).toBe(true);
  expect(view.state).toMatchObject({ instances: [], freshness: 'live', resyncs: 0 });
});

test('W2: the revision changes with the set, and only with it', () => {
  const view = newView();
  view.open({ type: 'snapshot', instances: [instance('a')] });
  const { revision } = view.state;
  expect(view.fold({ type: 'changes', put: [instance('a')], removedIds: ['b'] })).toBe(false);
  expect(view.open({ type: 'snapshot', instances: [instance('a')] })).toBe(false);
  view.goStale();
  expect(view.state.revision).toBe(revision);
  expect(view.fold({ type: 'changes', put: [instance('a', 2)], removedIds: [] })).toBe(true);
  expect(view.state.revision).not.toBe(revision);
});

test('W6: it is stale with the same set, until a stream opens again', () => {
  const view = newView();
  view.open({ type: 'snapshot', instances: [instance('a')] });
  const before = view.state;
  expect(view.state.freshness).toBe('live');
  view.goStale();
  expect(view.state.freshness).toBe('stale');
  expect(view.state).toEqual({ ...before, freshness: 'stale' });
  expect(view.state.instances).toBe(before.instances);
  view.open({ type: 'snapshot', instances: [instance('a'), instance('b')] });
  expect(view.state.freshness).toBe('live');
  expect(view.state.resyncs).toBe(1);
});

test('W2: the delta since any earlier state is the exact difference', () =>
  check(
    fc.property(fc.array(anyInstances, { minLength: 2, maxLength: 8, size: 'max' }), (sets) => {
      const view = newView();
      const states = sets.map((instances) => {
        view.open({ type: 'snapshot', instances });
        return view.state;
      });
      for (const state of states) {
        const delta = view.deltaSince(state);
        expect(delta).toEqual(plainDelta(state.instances, view.state.instances));
        expect(isFrozen(delta)).toBe(true);
      }
    }),
    { numRuns: 40 },
  ));
