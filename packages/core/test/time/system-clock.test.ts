import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/time/system-clock.ts';

test('T1: performance is looked up at each call', () => {
  vi.stubGlobal('performance', { now: () => 41 });
  expect(systemClock.now()).toBe(41);
  vi.stubGlobal('performance', { now: () => 42 });
  expect(systemClock.now()).toBe(42);
  vi.unstubAllGlobals();
  expect(Math.abs(systemClock.now() - performance.now())).toBeLessThan(1_000);
});

describe('on faked timers', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('T1: setTimeout is looked up at each call', () => {
    const calls: number[] = [];
    const startedAt = systemClock.now();
    systemClock.schedule(250, () => calls.push(systemClock.now() - startedAt));
    vi.advanceTimersByTime(249);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(10_000);
    expect(calls).toEqual([250]);
  });

  test('time: a disposed timer does not fire, and may be disposed again', () => {
    const callback = vi.fn<() => void>();
    const timer = systemClock.schedule(5, callback);
    timer[Symbol.dispose]();
    timer[Symbol.dispose]();
    vi.advanceTimersByTime(100);
    expect(callback).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  // setTimeout takes 2^31 - 1 ms at most, and fires at once for more.
  test.each([2 ** 31 - 1, 2 ** 31, 2 ** 31 + 5, 3 * 2 ** 31 + 7])('time: %d ms are waited in full', (ms) => {
    const callback = vi.fn<() => void>();
    systemClock.schedule(ms, callback);
    vi.advanceTimersByTime(ms - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('time: a long delay can be called off in any of its stretches', () => {
    const callback = vi.fn<() => void>();
    const timer = systemClock.schedule(2 ** 33, callback);
    vi.advanceTimersByTime(2 ** 32);
    timer[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(2 ** 33);
    expect(callback).not.toHaveBeenCalled();
  });
});

describe('keeping the process alive', () => {
  const real = globalThis.setTimeout;
  let handles: NodeJS.Timeout[] = [];

  beforeEach(() => {
    handles = [];
    vi.stubGlobal('setTimeout', (callback: () => void, ms: number) => {
      const handle = real(callback, Math.min(ms, 1_000_000));
      handles.push(handle);
      return handle;
    });
  });
  afterEach(() => {
    for (const handle of handles) clearTimeout(handle);
    vi.unstubAllGlobals();
  });

  test.each([
    [{ background: true }, false],
    [{ background: false }, true],
    [{}, true],
    [undefined, true],
  ])('C4: whether a timer with %j alone does: %s', (options, expected) => {
    systemClock.schedule(1_000_000, () => undefined, options);
    expect(handles.map((handle) => handle.hasRef())).toEqual([expected]);
  });

  test('C4: a timer that is a number, as outside of Node, is left as it is', () => {
    vi.stubGlobal('setTimeout', () => 7);
    const clear = vi.fn<(handle: unknown) => void>();
    vi.stubGlobal('clearTimeout', clear);
    systemClock.schedule(1, () => undefined, { background: true })[Symbol.dispose]();
    expect(clear).toHaveBeenCalledExactlyOnceWith(7);
  });
});

test('time: the real timer fires', async () => {
  const before = systemClock.now();
  await new Promise<void>((resolve) => {
    systemClock.schedule(1, resolve);
  });
  expect(systemClock.now()).toBeGreaterThan(before);
});
