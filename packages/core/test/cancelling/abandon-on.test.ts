import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { abandonOn } from '../../src/cancelling/abandon-on.ts';
import { CallerSignals } from '../../src/cancelling/caller-signals.ts';
import { LateSignal } from '../../src/cancelling/late-signal.ts';
import type { Stop } from '../../src/cancelling/stop.ts';

const reason = new Error('the caller has gone');
const failure = new Error('the work has failed');

/** A rejection that nobody took up would fail the run by then. */
function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function callersStop(): Stopping {
  const controller = new AbortController();
  const stop = new CallerSignals().stop(controller.signal);
  if (stop === undefined) throw new Error('unreachable');
  return {
    stop,
    abort: () => controller.abort(reason),
    listeners: () => getEventListeners(controller.signal, 'abort').length,
  };
}

function ownStop(): Stopping {
  const stop = new LateSignal();
  return { stop, abort: () => stop.abort(reason), listeners: () => getEventListeners(stop.signal, 'abort').length };
}

interface Stopping {
  readonly stop: Stop;
  readonly abort: () => void;
  readonly listeners: () => number;
}

test('C1: without anything that could end it, it is the promise itself', () => {
  const promise = Promise.resolve(1);
  expect(abandonOn(undefined, promise)).toBe(promise);
});

describe.each([
  ["a caller's signal", callersStop],
  ["core's own", ownStop],
])('by %s', (_, stopping) => {
  test('C1: what settles before it aborts is what it comes to', async () => {
    const { stop, listeners } = stopping();
    await expect(abandonOn(stop, Promise.resolve('done'))).resolves.toBe('done');
    await expect(abandonOn(stop, Promise.reject(failure))).rejects.toBe(failure);
    await turnOfTheLoop();
    expect(listeners()).toBe(0);
  });

  test('C1: an abort while it waits rejects with the reason', async () => {
    const { stop, abort, listeners } = stopping();
    const waiting = abandonOn(stop, new Promise<never>(() => undefined));
    abort();
    await expect(waiting).rejects.toBe(reason);
    expect(listeners()).toBe(0);
  });

  test.each([Promise.resolve.bind(Promise, 'done'), Promise.reject.bind(Promise, failure)])(
    'E4: aborted beforehand it rejects, and what the work comes to is dropped, case %#',
    async (work) => {
      const { stop, abort, listeners } = stopping();
      abort();
      await expect(abandonOn<unknown>(stop, work())).rejects.toBe(reason);
      await turnOfTheLoop();
      expect(listeners()).toBe(0);
    },
  );

  test('E4: work that fails after it was abandoned is no unhandled rejection', async () => {
    const { stop, abort } = stopping();
    const work = turnOfTheLoop().then(() => Promise.reject(failure));
    const waiting = abandonOn(stop, work);
    abort();
    await expect(waiting).rejects.toBe(reason);
    await turnOfTheLoop();
    await turnOfTheLoop();
  });

  test('C1: an abort after it settled changes nothing', async () => {
    const { stop, abort } = stopping();
    const waiting = abandonOn(stop, Promise.resolve('done'));
    await waiting;
    abort();
    await expect(waiting).resolves.toBe('done');
  });

  test('C1: giving up is for one waiter alone: the others get what the work comes to', async () => {
    const { stop, abort } = stopping();
    const work = turnOfTheLoop().then(() => 'done');
    const [left, stayed] = [abandonOn(stop, work), abandonOn(stopping().stop, work)];
    abort();
    await expect(left).rejects.toBe(reason);
    await expect(stayed).resolves.toBe('done');
  });
});
