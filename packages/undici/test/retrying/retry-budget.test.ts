import { manualClock } from '@rollcall/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { RetryBudget } from '../../src/retrying/retry-budget.ts';

const slotMs = 1_000;
const slots = 10;

test('within any ten seconds there are no more retries than ratio and minimum allow, and as many if they are asked for', () =>
  check(
    fc.asyncProperty(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 4_000 }), calls: fc.nat(20), wanted: fc.nat(60) }), {
        maxLength: 30,
      }),
      async (ratio, minPerSecond, steps) => {
        const clock = manualClock();
        const budget = new RetryBudget(clock, { ratio, minPerSecond });
        const calls: number[] = [];
        const retries: number[] = [];
        for (const { afterMs, calls: some, wanted } of steps) {
          await clock.advance(afterMs);
          const slot = Math.floor(clock.now() / slotMs);
          for (let call = 0; call < some; call += 1) budget.countCall();
          calls.push(...Array.from({ length: some }, () => slot));
          const isRecent = (one: number): boolean => one > slot - slots;
          const allowed = ratio * calls.filter(isRecent).length + minPerSecond * slots;
          for (let asked = 0; asked < wanted; asked += 1) {
            const isAllowed = retries.filter(isRecent).length + 1 <= allowed;
            expect(budget.takeRetry()).toBe(isAllowed);
            if (isAllowed) retries.push(slot);
          }
        }
      },
    ),
  ));
