import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import type { Clock, ScheduleOptions } from '../../src/time/clock.ts';
import { DeadlineQueue } from '../../src/time/deadline-queue.ts';
import { manualClock } from '../../src/time/manual-clock.ts';
import type { Sleeper } from '../../src/time/sleeper.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  readonly options: ScheduleOptions | undefined;
}

/** Fires when it is told to, which may be late or a little early: a `Clock` promises no more. */
class LooseClock implements Clock {
  readonly timers = new Set<Timer>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  schedule(ms: number, callback: () => void, options?: ScheduleOptions): Disposable {
    const timer = { at: this.#now + ms, callback, options };
    this.timers.add(timer);
    return { [Symbol.dispose]: () => this.timers.delete(timer) };
  }

  moveBy(ms: number): void {
    this.#now += ms;
  }

  /** Fires the timers there are, due or not. */
  fire(): void {
    const timers = [...this.timers];
    this.timers.clear();
    for (const { callback } of timers) callback();
  }
}

/** A queue beside what it should do: each sleeper's deadline in a map. */
class CheckedQueue {
  readonly clock = new LooseClock();
  readonly queue = new DeadlineQueue(this.clock, { background: false });
  readonly due = new Map<number, number>();
  readonly #sleepers: readonly Sleeper[];
  /** What sleepers do when they are woken. */
  readonly #reactions: Deed[];

  constructor(size: number, reactions: readonly Deed[] = []) {
    this.#reactions = [...reactions];
    this.#sleepers = Array.from({ length: size }, (_, index) => ({
      dueAt: Infinity,
      queuedAt: Infinity,
      wake: (now: number) => this.#wake(index, now),
    }));
  }

  do({ who, inMs }: Deed): void {
    const sleeper = this.#sleepers[who % this.#sleepers.length];
    if (sleeper === undefined) throw new Error('there is none');
    const index = this.#sleepers.indexOf(sleeper);
    if (inMs === undefined) {
      this.due.delete(index);
      this.queue.cancel(sleeper);
    } else {
      const dueAt = this.clock.now() + inMs;
      this.due.set(index, dueAt);
      this.queue.set(sleeper, dueAt);
    }
  }

  /** One timer at most, and none that nobody needs; it fires before anybody is late. */
  expectTimer(): void {
    const [timer, ...others] = this.clock.timers;
    expect(others).toEqual([]);
    expect(timer !== undefined).toBe(this.due.size > 0);
    if (timer === undefined) return;
    expect(timer.at).toBeLessThanOrEqual(Math.max(this.clock.now(), Math.min(...this.due.values())));
  }

  /** Fires the timer; whoever is due is woken now, or in the turns that follow at once. */
  turn(): void {
    this.clock.fire();
    for (let turns = 0; turns < 50 && this.#isAnyDue(); turns += 1) {
      const [timer] = this.clock.timers;
      expect(timer?.at).toBeLessThanOrEqual(this.clock.now());
      this.clock.fire();
    }
    expect(this.#isAnyDue()).toBe(false);
  }

  /** From now on sleepers do nothing when they are woken. */
  calm(): void {
    this.#reactions.length = 0;
  }

  #isAnyDue(): boolean {
    return [...this.due.values()].some((dueAt) => dueAt <= this.clock.now());
  }

  #wake(index: number, now: number): void {
    expect(now).toBe(this.clock.now());
    expect(this.due.get(index)).toBeLessThanOrEqual(now); // not early, not cancelled, not woken for this deadline before
    this.due.delete(index);
    const reaction = this.#reactions.shift();
    if (reaction !== undefined) this.do(reaction);
  }
}

/** Sets somebody's deadline, or cancels it. */
interface Deed {
  readonly who: number;
  readonly inMs: number | undefined;
}

const anyDeed: fc.Arbitrary<Deed> = fc.record({
  who: fc.nat(30),
  inMs: fc.option(fc.integer({ min: -3, max: 40 }), { nil: undefined, freq: 4 }),
});

describe('against a map of deadlines', () => {
  test('time: everybody is woken in the first turn at or after the deadline, once, and never after being cancelled', () =>
    check(
      fc.property(
        fc.array(fc.oneof(anyDeed, fc.integer({ min: 0, max: 15 })), { maxLength: 150, size: 'max' }),
        fc.array(anyDeed, { maxLength: 20, size: 'max' }),
        (steps, reactions) => {
          const checked = new CheckedQueue(31, reactions);
          for (const step of steps) {
            if (typeof step === 'number') {
              checked.clock.moveBy(step);
              checked.turn();
            } else {
              checked.do(step);
            }
            checked.expectTimer();
          }
          checked.calm();
          checked.clock.moveBy(1_000);
          checked.turn();
          checked.expectTimer();
          expect(checked.due.size).toBe(0);
        },
      ),
      { numRuns: 80 },
    ));

  test('time: it holds for thousands, with many dead places among them', () =>
    check(
      fc.property(fc.infiniteStream(fc.nat(1_000)), (numbers) => {
        const draw = (): number => numbers.next().value ?? 0;
        const checked = new CheckedQueue(3_000);
        for (let who = 0; who < 3_000; who += 1) checked.do({ who, inMs: 2_000 + draw() });
        // Each earlier deadline leaves a dead place, and so do most that are cancelled.
        for (let who = 0; who < 3_000; who += 1) checked.do({ who, inMs: 1_000 + draw() });
        for (let who = 0; who < 3_000; who += 1) checked.do({ who, inMs: draw() % 3 === 0 ? undefined : 10 + draw() });
        checked.expectTimer();
        for (let round = 0; round < 5; round += 1) {
          checked.clock.moveBy(300);
          checked.turn();
          checked.expectTimer();
        }
        expect(checked.due.size).toBe(0);
      }),
      { numRuns: 3 },
    ));
});

/** A queue on a clock moved by hand, and sleepers that write down when they were woken. */
function asleep(size: number): {
  readonly clock: ReturnType<typeof manualClock>;
  readonly queue: DeadlineQueue;
  readonly sleepers: readonly Sleeper[];
  readonly woken: readonly (readonly [index: number, at: number])[];
} {
  const clock = manualClock();
  const queue = new DeadlineQueue(clock, { background: true });
  const woken: [number, number][] = [];
  const sleepers = Array.from({ length: size }, (_, index): Sleeper => {
    return { dueAt: Infinity, queuedAt: Infinity, wake: (now) => woken.push([index, now]) };
  });
  return { clock, queue, sleepers, woken };
}

test('time: a deadline that is moved off again and again is kept to the millisecond', async () => {
  const { clock, queue, sleepers, woken } = asleep(3);
  for (let round = 0; round < 10; round += 1) {
    sleepers.forEach((sleeper, index) => queue.set(sleeper, clock.now() + 100 + index));
    await clock.advance(50);
  }
  expect(woken).toEqual([]);
  await clock.advance(1_000);
  expect(woken).toEqual([
    [0, 550],
    [1, 551],
    [2, 552],
  ]);
});

test('time: a later deadline, of anybody, touches no timer; an earlier one does', () => {
  const { clock, queue, sleepers } = asleep(3);
  const schedule = vi.spyOn(clock, 'schedule');
  for (const dueAt of [100, 200, 300, 100]) for (const sleeper of sleepers) queue.set(sleeper, dueAt);
  expect(schedule).toHaveBeenCalledTimes(1);
  for (const sleeper of sleepers) queue.set(sleeper, 50);
  expect(schedule).toHaveBeenCalledTimes(2);
});

test('time: more than 1,024 that fall due together are woken over several turns', async () => {
  const { clock, queue, sleepers, woken } = asleep(2_500);
  for (const sleeper of sleepers) queue.set(sleeper, 10);
  const perTurn: number[] = [];
  const moving = clock.advance(10);
  for (let before = 0; before < 2_500;) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (woken.length > before) perTurn.push(woken.length - before);
    before = woken.length;
  }
  await moving;
  expect(perTurn).toEqual([1_024, 1_024, 452]);
  expect(new Set(woken.map(([index]) => index)).size).toBe(2_500);
  expect(woken.every(([, at]) => at === 10)).toBe(true);
});

test('time: thousands that are near and not due yet keep nobody waiting who is', async () => {
  const { clock, queue, sleepers, woken } = asleep(4_000);
  // Within one span, the latest first: those who come near are not the first who are due.
  for (const [index, sleeper] of sleepers.entries()) queue.set(sleeper, 15 - Math.floor(index / 400));
  for (let now = 1; now <= 15; now += 1) {
    await clock.advance(1);
    expect(woken.every(([index, at]) => at === 15 - Math.floor(index / 400))).toBe(true);
  }
  expect(woken.length).toBe(4_000);
});

test('time: a queue is behind from the first deadline that has passed until all of those have been woken', async () => {
  const { clock, queue, sleepers } = asleep(1_500);
  expect(queue.isBehind).toBe(false);
  for (const sleeper of sleepers) queue.set(sleeper, 10);
  const seen: boolean[] = [queue.isBehind];
  const first = sleepers[0];
  if (first !== undefined) first.wake = () => seen.push(queue.isBehind);
  await clock.advance(10);
  expect([...seen, queue.isBehind]).toEqual([false, true, false]);
});

test('time: places of cancelled sleepers are swept out once they are the most', () => {
  const { queue, sleepers } = asleep(4_000);
  const [stays, fresh, ...others] = sleepers;
  if (stays === undefined || fresh === undefined) throw new Error('unreachable');
  queue.set(stays, 5_000);
  for (const sleeper of others) queue.set(sleeper, 1_000);
  for (const sleeper of others) queue.cancel(sleeper);
  expect(others.some(({ queuedAt }) => queuedAt === 1_000)).toBe(true);
  queue.set(fresh, 2_000);
  expect(others.every(({ queuedAt }) => queuedAt === Infinity)).toBe(true);
  expect(stays.queuedAt).toBe(5_000);
});

test('time: one that moves to an earlier deadline while places are swept is woken once', async () => {
  const { clock, queue, sleepers, woken } = asleep(4_000);
  for (const sleeper of sleepers) queue.set(sleeper, 1_000);
  const [moved, ...others] = sleepers;
  if (moved === undefined) throw new Error('unreachable');
  for (const sleeper of others.slice(1)) queue.cancel(sleeper);
  queue.set(moved, 500);
  await clock.advance(2_000);
  expect(woken).toEqual([
    [0, 500],
    [1, 1_000],
  ]);
});

test('C3: with nobody asleep there is no timer, and none comes back by cancelling twice', () => {
  const clock = new LooseClock();
  const queue = new DeadlineQueue(clock, { background: false });
  const sleepers = Array.from({ length: 100 }, (): Sleeper => {
    return { dueAt: Infinity, queuedAt: Infinity, wake: () => undefined };
  });
  for (const sleeper of sleepers) queue.set(sleeper, 1_000);
  for (const sleeper of [...sleepers, ...sleepers]) queue.cancel(sleeper);
  expect(clock.timers.size).toBe(0);
  expect(sleepers.every(({ queuedAt }) => queuedAt === Infinity)).toBe(true);
});

test.each([true, false])('C4: the timer is in the background as it was asked for: %s', (background) => {
  const clock = new LooseClock();
  new DeadlineQueue(clock, { background }).set({ dueAt: Infinity, queuedAt: Infinity, wake: () => undefined }, 5);
  expect([...clock.timers].map(({ options }) => options)).toEqual([{ background }]);
});

test('time: a sleeper that throws keeps nobody else from being woken', () => {
  const clock = new LooseClock();
  const queue = new DeadlineQueue(clock, { background: false });
  const woken: number[] = [];
  const failure = new Error('a sleeper');
  const fails: Sleeper = {
    dueAt: Infinity,
    queuedAt: Infinity,
    wake: () => {
      throw failure;
    },
  };
  queue.set(fails, 5);
  queue.set({ dueAt: Infinity, queuedAt: Infinity, wake: (now) => woken.push(now) }, 6);
  clock.moveBy(10);
  expect(() => clock.fire()).toThrow(failure);
  clock.fire();
  expect(woken).toEqual([10]);
  expect(clock.timers.size).toBe(0);
});
