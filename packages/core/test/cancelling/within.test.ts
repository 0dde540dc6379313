import { expect, test, vi } from 'vitest';
import { within } from '../../src/cancelling/within.ts';
import { manualClock } from '../../src/time/manual-clock.ts';

const failure = new Error('the work has failed');
const tooLate = new Error('too late');

test('E3: work that is done in time is what it comes to, and the timer is let go', async () => {
  const clock = manualClock();
  const schedule = vi.spyOn(clock, 'schedule');
  const late = vi.fn<() => unknown>(() => tooLate);
  await expect(within(clock, 100, Promise.resolve('done'), late)).resolves.toBe('done');
  await expect(within(clock, 100, Promise.reject(failure), late)).rejects.toBe(failure);
  await clock.advance(1_000);
  expect(schedule).toHaveBeenCalledTimes(2);
  expect(late).not.toHaveBeenCalled();
});

test('E3: work that takes longer is given up at its bound, and not before', async () => {
  const clock = manualClock();
  const settled = vi.fn<(error: unknown) => void>();
  within(clock, 100, new Promise(() => undefined), () => tooLate).catch(settled);
  await clock.advance(99);
  expect(settled).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(settled).toHaveBeenCalledExactlyOnceWith(tooLate);
});

test('E4: what it comes to afterwards is dropped', async () => {
  const clock = manualClock();
  const settled = vi.fn<(error: unknown) => void>();
  const work = new Promise((_, reject) => {
    clock.schedule(200, () => reject(failure));
  });
  within(clock, 100, work, () => tooLate).catch(settled);
  await clock.advance(300);
  expect(settled).toHaveBeenCalledExactlyOnceWith(tooLate);
});
