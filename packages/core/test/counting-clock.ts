import type { ScheduleOptions } from '../src/time/clock.ts';
import { type ManualClock, manualClock } from '../src/time/manual-clock.ts';

/** A clock moved by hand that knows its timers: all of them, and those that keep the process alive (C4). */
export interface CountingClock extends ManualClock {
  readonly timers: number;
  readonly keepingAlive: number;
}

export function countingClock(): CountingClock {
  const clock = manualClock();
  const timers = new Set<ScheduleOptions>();
  return {
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    schedule: (ms, callback, options) => {
      const place = { ...options };
      timers.add(place);
      const timer = clock.schedule(ms, () => {
        timers.delete(place);
        callback();
      });
      return {
        [Symbol.dispose]: () => {
          timers.delete(place);
          timer[Symbol.dispose]();
        },
      };
    },
    get timers() {
      return timers.size;
    },
    get keepingAlive() {
      return [...timers].filter(({ background }) => background !== true).length;
    },
  };
}
