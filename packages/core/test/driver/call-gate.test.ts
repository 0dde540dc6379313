import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { CallGate, type CallLine, type Entrant } from '../../src/driver/call-gate.ts';

/** Entrants by number, and who has been admitted, in order. */
class Visitors {
  readonly admitted: number[] = [];
  readonly #entrants: Entrant[] = [];

  come(): { readonly number: number; readonly entrant: Entrant } {
    const number = this.#entrants.length;
    const entrant = { admitted: () => void this.admitted.push(number) };
    this.#entrants.push(entrant);
    return { number, entrant };
  }
}

interface Waiting {
  readonly number: number;
  readonly entrant: Entrant;
  readonly line: CallLine;
}

const anyStep = fc.oneof(
  fc.constantFrom('renewal' as const, 'other' as const, 'leave' as const),
  fc.record({ withdraw: fc.nat(20) }),
);

test('E3: never more than the limit are in flight, renewals go first, each line in its order', () =>
  check(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(anyStep, { maxLength: 80, size: 'max' }), (limit, steps) => {
      const gate = new CallGate(limit);
      const visitors = new Visitors();
      const expected: number[] = [];
      const withdrawn: boolean[] = [];
      let waiting: Waiting[] = [];
      let inFlight = 0;
      for (const step of steps) {
        if (step === 'leave') {
          if (inFlight === 0) continue;
          gate.leave();
          const next = waiting.find(({ line }) => line === 'renewal') ?? waiting[0];
          waiting = waiting.filter((one) => one !== next);
          if (next === undefined) inFlight -= 1;
          else expected.push(next.number);
        } else if (typeof step === 'object') {
          const one = waiting[step.withdraw % Math.max(1, waiting.length)];
          if (one === undefined) continue;
          waiting = waiting.filter((other) => other !== one);
          withdrawn.push(gate.withdraw(one.entrant, one.line), !gate.withdraw(one.entrant, one.line));
        } else {
          const { number, entrant } = visitors.come();
          gate.enter(entrant, step);
          if (inFlight === limit) {
            waiting.push({ number, entrant, line: step });
          } else {
            inFlight += 1;
            expected.push(number);
          }
        }
        expect(visitors.admitted).toEqual(expected);
        expect(withdrawn).not.toContain(false);
      }
    }),
    { numRuns: 80 },
  ));

test('E3: who has a place cannot withdraw', () => {
  const gate = new CallGate(1);
  const { entrant } = new Visitors().come();
  gate.enter(entrant, 'other');
  expect(gate.withdraw(entrant, 'other')).toBe(false);
});

test('E3: a call that is over as soon as it is admitted gives its place to the next', () => {
  const gate = new CallGate(1);
  const visitors = new Visitors();
  gate.enter(visitors.come().entrant, 'other');
  const hasty = { admitted: () => gate.leave() };
  gate.enter(hasty, 'renewal');
  gate.enter(hasty, 'other');
  gate.enter(visitors.come().entrant, 'other');
  gate.leave();
  expect(visitors.admitted).toEqual([0, 1]);
});
