import { manualClock } from '@rollcall/core';
import { expect, test } from 'vitest';
import { Pace } from '../src/pace.ts';

/** What was let through so far, in order. */
async function told(pace: Pace, changes: readonly number[]): Promise<readonly number[]> {
  const admitted: number[] = [];
  changes.forEach((count, index) => {
    const turn = pace.enter(count);
    if (turn === undefined) admitted.push(index);
    else void turn.then(() => admitted.push(index));
  });
  await Promise.resolve();
  return admitted;
}

test('W4: what little there is to tell is told at once, however often', async () => {
  const pace = new Pace(manualClock());
  expect(await told(pace, [1, 1, 1])).toEqual([0, 1, 2]);
});

test('L3: of what falls together, 1,024 changes are told in one turn, and the rest in those that follow, in order', async () => {
  const clock = manualClock();
  const pace = new Pace(clock);
  const admitted = await told(pace, [700, 300, 300, 700, 10]);
  expect(admitted).toEqual([0, 1]);
  await clock.advance(0);
  expect(admitted).toEqual([0, 1, 2, 3, 4]);
});

test('L3: who has more to tell than a turn takes has one of their own, and nobody overtakes', async () => {
  const clock = manualClock();
  const pace = new Pace(clock);
  const admitted = await told(pace, [10, 1_000_000, 1]);
  expect(admitted).toEqual([0]);
  await clock.advance(0);
  expect(admitted).toEqual([0, 1, 2]);
});

test('W4: many small changes do not add up over turns', async () => {
  const clock = manualClock();
  const pace = new Pace(clock);
  for (let turn = 0; turn < 100; turn += 1) {
    expect(
      await told(
        pace,
        Array.from({ length: 600 }, () => 1),
      ),
    ).toHaveLength(600);
    await clock.advance(0);
  }
});
