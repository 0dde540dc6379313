import fc from 'fast-check';
import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { CallerSignals } from '../../src/cancelling/caller-signals.ts';
import type { Stop } from '../../src/cancelling/stop.ts';

function stopOf(signals: CallerSignals, signal: AbortSignal): Stop {
  const stop = signals.stop(signal);
  if (stop === undefined) throw new Error('unreachable');
  return stop;
}

test('C1: no signal, nothing to stop', () => {
  expect(new CallerSignals().stop(undefined)).toBeUndefined();
});

test('C1: a stop tells what its signal tells', () => {
  const controller = new AbortController();
  const stop = stopOf(new CallerSignals(), controller.signal);
  expect([stop.isAborted, stop.reason]).toEqual([false, undefined]);
  controller.abort('enough');
  expect([stop.isAborted, stop.reason]).toEqual([true, 'enough']);
});

test('C1: however many share a signal, it has one listener, and none once all have let go', () =>
  check(
    fc.property(
      fc.array(fc.oneof(fc.constant('join' as const), fc.nat(10)), { maxLength: 40, size: 'max' }),
      fc.boolean(),
      (steps, aborts) => {
        const controller = new AbortController();
        const signals = new CallerSignals();
        const callback = vi.fn<() => void>();
        const joined: (() => void)[] = [];
        let held: (() => void)[] = [];
        for (const step of steps) {
          if (step === 'join') {
            const letGo = stopOf(signals, controller.signal).onAbort(callback);
            joined.push(letGo);
            held.push(letGo);
          } else {
            const letGo = joined[step];
            letGo?.(); // once more, at times
            held = held.filter((one) => one !== letGo);
          }
          expect(getEventListeners(controller.signal, 'abort')).toHaveLength(held.length === 0 ? 0 : 1);
        }
        if (aborts) controller.abort();
        expect(callback).toHaveBeenCalledTimes(aborts ? held.length : 0);
        for (const letGo of joined) letGo();
        expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
      },
    ),
  ));

test('C1: those who let go while it aborts are not called', () => {
  const controller = new AbortController();
  const stop = stopOf(new CallerSignals(), controller.signal);
  const second = vi.fn<() => void>();
  const letGo: (() => void)[] = [];
  letGo.push(stop.onAbort(() => letGo.forEach((one) => one())));
  letGo.push(stop.onAbort(second));
  controller.abort();
  expect(second).not.toHaveBeenCalled();
});
