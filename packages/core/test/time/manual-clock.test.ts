import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { manualClock } from '../../src/time/manual-clock.ts';

test('time: it stands still until it is moved', async () => {
  const clock = manualClock();
  expect(clock.now()).toBe(0);
  await clock.advance(0.25);
  await clock.advance(0);
  expect(clock.now()).toBe(0.25);
  expect(manualClock(7_000).now()).toBe(7_000);
});

test('time: timers fire at their instants, in order, those of one instant as they were scheduled', () =>
  check(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -5, max: 40 }), { maxLength: 12 }),
      fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 3 }),
      async (delays, steps) => {
        const clock = manualClock(100);
        const fired: (readonly [index: number, at: number])[] = [];
        delays.forEach((ms, index) => clock.schedule(ms, () => fired.push([index, clock.now()])));
        for (const step of steps) await clock.advance(step);
        const end = 100 + steps.reduce((sum, step) => sum + step, 0);
        const expected = delays
          .map((ms, index) => [index, 100 + Math.max(0, ms)] as const)
          .filter(([, at]) => at <= end)
          .toSorted((a, b) => a[1] - b[1] || a[0] - b[0]);
        expect(fired).toEqual(expected);
        expect(clock.now()).toBe(end);
      },
    ),
    { numRuns: 60 },
  ));

test('time: timers that are scheduled while time moves fire in the same move, if they fall due', async () => {
  const clock = manualClock();
  const fired: number[] = [];
  const again = (): void => {
    fired.push(clock.now());
    clock.schedule(10, again);
  };
  again();
  await clock.advance(35);
  expect(fired).toEqual([0, 10, 20, 30]);
  await clock.advance(5);
  expect(fired).toEqual([0, 10, 20, 30, 40]);
});

test('time: promises settle before the first timer, between two, and at the end', async () => {
  const clock = manualClock();
  const history: string[] = [];
  const settle = async (name: string): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    history.push(name);
  };
  clock.schedule(1, () => {
    history.push('first');
    void settle('after the first');
  });
  clock.schedule(1, () => {
    history.push('second');
    void settle('after the second');
  });
  void settle('before');
  await clock.advance(1);
  expect(history).toEqual(['before', 'first', 'after the first', 'second', 'after the second']);
});

test('time: moves take turns, each from where the former ended', async () => {
  const clock = manualClock();
  const fired: number[] = [];
  for (const ms of [5, 15, 25]) clock.schedule(ms, () => fired.push(clock.now()));
  const seen: number[] = [];
  await Promise.all([10, 10, 10].map((ms) => clock.advance(ms).then(() => seen.push(clock.now()))));
  expect(seen).toEqual([10, 20, 30]);
  expect(fired).toEqual([5, 15, 25]);
});

test.each([Number.NaN, -1, Infinity, -Infinity, '5'])('time: a move of %s is misuse', async (ms) => {
  const clock = manualClock();
  await expect(clock.advance(ms as number)).rejects.toThrow(
    new TypeError(`manualClock.advance: ms: expected a finite number >= 0, got ${ms}`),
  );
  expect(clock.now()).toBe(0);
});

test('time: a disposed timer does not fire, not even one of the same instant', async () => {
  const clock = manualClock();
  const callback = vi.fn<() => void>();
  const other = clock.schedule(3, callback);
  other[Symbol.dispose]();
  other[Symbol.dispose]();
  clock.schedule(5, () => late[Symbol.dispose]());
  const late = clock.schedule(5, callback);
  const fired = clock.schedule(1, () => undefined);
  await clock.advance(10);
  fired[Symbol.dispose]();
  expect(callback).not.toHaveBeenCalled();
});

test('time: a callback that throws fails the move that ran it, and no other', async () => {
  const clock = manualClock();
  const failure = new Error('a callback');
  const later = vi.fn<() => void>();
  clock.schedule(5, () => {
    throw failure;
  });
  clock.schedule(6, later);
  const [first, second] = await Promise.allSettled([clock.advance(10), clock.advance(10)]);
  expect(first).toEqual({ status: 'rejected', reason: failure });
  expect(second.status).toBe('fulfilled');
  expect(later).toHaveBeenCalledOnce();
  expect(clock.now()).toBe(15);
});

test('time: it moves without setImmediate, and while timers are faked', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('setImmediate', undefined);
  vi.resetModules();
  try {
    const faked = manualClock();
    await faked.advance(5);
    expect(faked.now()).toBe(5);
    vi.useRealTimers();
    const { manualClock: elsewhere } = await import('../../src/time/manual-clock.ts');
    const clock = elsewhere();
    const callback = vi.fn<() => void>();
    clock.schedule(1, callback);
    await clock.advance(5);
    expect(callback).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  }
});
