import { expect, test, vi } from 'vitest';
import type { Clock } from '../../src/time/clock.ts';
import { manualClock } from '../../src/time/manual-clock.ts';
import { pause } from '../../src/time/pause.ts';

test('time: a pause is over after its time, and not before', async () => {
  const clock = manualClock();
  const over = vi.fn<() => void>();
  void pause(clock, 100).over.then(over);
  await clock.advance(99);
  expect(over).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(over).toHaveBeenCalledOnce();
});

test('C4: a pause is in the background, and lets go of its timer when it is disposed', () => {
  const dispose = vi.fn<() => void>();
  const schedule = vi.fn<Clock['schedule']>(() => ({ [Symbol.dispose]: dispose }));
  {
    using rest = pause({ now: () => 0, schedule }, 100);
    expect(rest.over).toBeInstanceOf(Promise);
    expect(schedule).toHaveBeenCalledExactlyOnceWith(100, expect.any(Function), { background: true });
    expect(dispose).not.toHaveBeenCalled();
  }
  expect(dispose).toHaveBeenCalledOnce();
});
