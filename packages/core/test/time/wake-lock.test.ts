import { expect, test } from 'vitest';
import { WakeLock } from '../../src/time/wake-lock.ts';
import { countingClock } from '../counting-clock.ts';

test('C4: the process is kept alive exactly while somebody holds the lock, by one timer', () => {
  const clock = countingClock();
  const lock = new WakeLock(clock);
  expect(clock.keepingAlive).toBe(0);
  lock.acquire();
  lock.acquire();
  expect(clock.keepingAlive).toBe(1);
  lock.release();
  expect(clock.keepingAlive).toBe(1);
  lock.release();
  expect(clock.keepingAlive).toBe(0);
  lock.acquire();
  expect(clock.keepingAlive).toBe(1);
  lock.release();
  expect(clock.timers).toBe(0);
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
  expect(clock.timers).toBe(0);
});
