import { expect, test, vi } from 'vitest';
import { WakeLock } from '../../src/time/wake-lock.ts';
import { countingClock } from '../counting-clock.ts';

/** A lock is let go of some turns after its last holder has gone. */
async function letGo(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

test('C4: the process is kept alive while somebody holds the lock, by one timer, and not beyond the turn in which they leave', async () => {
  const clock = countingClock();
  const lock = new WakeLock(clock);
  expect(clock.keepingAlive).toBe(0);
  lock.acquire();
  lock.acquire();
  expect(clock.keepingAlive).toBe(1);
  lock.release();
  expect(clock.keepingAlive).toBe(1);
  lock.release();
  await letGo();
  expect(clock.keepingAlive).toBe(0);
  lock.acquire();
  expect(clock.keepingAlive).toBe(1);
  lock.release();
  await letGo();
  expect(clock.timers).toBe(0);
});

test('C4: who comes back at once finds the same timer', async () => {
  const clock = countingClock();
  const schedule = vi.spyOn(clock, 'schedule');
  const lock = new WakeLock(clock);
  for (let read = 0; read < 10; read += 1) {
    lock.acquire();
    lock.release();
    await Promise.resolve();
  }
  lock.acquire();
  await letGo();
  expect(schedule).toHaveBeenCalledTimes(1);
  expect(clock.keepingAlive).toBe(1);
});

test('C4: the lock holds for however long it takes', async () => {
  const clock = countingClock();
  const lock = new WakeLock(clock);
  lock.acquire();
  for (let day = 0; day < 3; day += 1) {
    await clock.advance(86_400_000);
    expect(clock.keepingAlive).toBe(1);
  }
  lock.release();
  await letGo();
  expect(clock.timers).toBe(0);
});
