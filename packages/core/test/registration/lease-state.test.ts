import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import {
  active,
  afterLeaseEvent,
  type LeaseEvent,
  type LeaseState,
  type OnLost,
} from '../../src/registration/lease-state.ts';

const cause = new Error('why');
const suspect: LeaseState = { kind: 'suspect', cause };
const lost: LeaseState = { kind: 'lost', cause };
const closed: LeaseState = { kind: 'closed' };
const closedFor: LeaseState = { kind: 'closed', cause };

const renewed: LeaseEvent = { type: 'renewed' };
const failed: LeaseEvent = { type: 'renewal-failed', cause };
const gone: LeaseEvent = { type: 'gone', cause };
const superseded: LeaseEvent = { type: 'superseded', cause };
const regained: LeaseEvent = { type: 'regained' };
const close: LeaseEvent = { type: 'closed' };

// The whole machine: state, event, and the states that follow for onLost 'reregister' and 'close'.
const table: readonly [LeaseState, LeaseEvent, readonly LeaseState[], readonly LeaseState[]][] = [
  [active, renewed, [], []],
  [active, failed, [suspect], [suspect]],
  [active, gone, [lost], [lost, closedFor]],
  [active, superseded, [closedFor], [closedFor]],
  [active, regained, [], []],
  [active, close, [closed], [closed]],
  [suspect, renewed, [active], [active]],
  [suspect, failed, [], []],
  [suspect, gone, [lost], [lost, closedFor]],
  [suspect, superseded, [closedFor], [closedFor]],
  [suspect, regained, [], []],
  [suspect, close, [closed], [closed]],
  [lost, renewed, [], []],
  [lost, failed, [], []],
  [lost, gone, [], []],
  [lost, superseded, [closedFor], [closedFor]],
  [lost, regained, [active], [active]],
  [lost, close, [closed], [closed]],
  [closed, renewed, [], []],
  [closed, failed, [], []],
  [closed, gone, [], []],
  [closed, superseded, [], []],
  [closed, regained, [], []],
  [closed, close, [], []],
];

test.each(table)('L7: from $kind, by $type', (state, event, reregister, closing) => {
  expect(afterLeaseEvent(state, event, 'reregister')).toEqual(reregister);
  expect(afterLeaseEvent(state, event, 'close')).toEqual(closing);
});

const anyEvent = fc.constantFrom(renewed, failed, gone, superseded, regained, close);
const allowed: Readonly<Record<LeaseState['kind'], readonly LeaseState['kind'][]>> = {
  active: ['suspect', 'lost', 'closed'],
  suspect: ['active', 'lost', 'closed'],
  lost: ['active', 'closed'],
  closed: [],
};

test('L7: whatever happens in whatever order, every step is one of the allowed ones, and closed is final', () =>
  check(
    fc.property(fc.array(anyEvent), fc.constantFrom<OnLost>('reregister', 'close'), (events, onLost) => {
      let state = active;
      for (const event of events) {
        for (const next of afterLeaseEvent(state, event, onLost)) {
          expect(allowed[state.kind]).toContain(next.kind);
          state = next;
        }
      }
    }),
  ));

test('L5: between two losses there is always a lease that was regained', () =>
  check(
    fc.property(fc.array(anyEvent), (events) => {
      let state = active;
      let lives = 1;
      for (const event of events) {
        for (const next of afterLeaseEvent(state, event, 'reregister')) {
          if (next.kind === 'lost') lives -= 1;
          if (state.kind === 'lost' && next.kind === 'active') lives += 1;
          expect(lives).toBeGreaterThanOrEqual(0);
          state = next;
        }
      }
    }),
  ));
