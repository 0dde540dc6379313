import { expect, test, vi } from 'vitest';
import { LateSignal } from '../../src/cancelling/late-signal.ts';

test('C1: a signal that was read before it ends aborts with the reason, once', () => {
  const late = new LateSignal();
  const { signal } = late;
  const heard = vi.fn<() => void>();
  signal.addEventListener('abort', heard);
  expect([late.isAborted, late.reason, signal.aborted]).toEqual([false, undefined, false]);
  late.abort('first');
  late.abort('second');
  expect([late.isAborted, late.reason, signal.aborted, signal.reason]).toEqual([true, 'first', true, 'first']);
  expect(heard).toHaveBeenCalledOnce();
});

test('C1: a signal that is first read after it ended is aborted with the same reason', () => {
  const late = new LateSignal();
  const reason = new Error('over');
  late.abort(reason);
  expect(late.signal.aborted).toBe(true);
  expect(late.signal.reason).toBe(reason);
});

test('C1: callbacks run once, when it aborts, unless they were taken back', () => {
  const late = new LateSignal();
  const heard: string[] = [];
  const twice = (): void => void heard.push(`twice, ${String(late.reason)}`);
  late.onAbort(twice);
  late.onAbort(twice);
  const letGo = late.onAbort(() => heard.push('taken back'));
  letGo();
  const last = late.onAbort(() => heard.push('last'));
  late.abort('over');
  late.abort('again');
  last();
  expect(heard).toEqual(['twice, over', 'twice, over', 'last']);
});

test('C1: there is one signal, and none is made until it is read', () => {
  const made = vi.fn<() => void>();
  vi.stubGlobal(
    'AbortController',
    class extends AbortController {
      constructor() {
        super();
        made();
      }
    },
  );
  try {
    const late = new LateSignal();
    late.abort('over');
    expect(late.isAborted).toBe(true);
    expect(made).not.toHaveBeenCalled();
    expect(late.signal).toBe(late.signal);
    expect(made).toHaveBeenCalledOnce();
  } finally {
    vi.unstubAllGlobals();
  }
});
