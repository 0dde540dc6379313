import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { deferred } from '../../src/cancelling/deferred.ts';
import { guarded, guardedCall } from '../../src/diagnostics/guarded-call.ts';

const failure = new Error('a callback of the user');

test('E4: a callback gets its value, and nothing is told when it returns', async () => {
  const failed = vi.fn<(error: unknown) => void>();
  const callback = vi.fn<(value: number) => unknown>(() => 'ignored');
  guardedCall(callback, 7, failed);
  guardedCall(async () => 'ignored', 7, failed);
  await Promise.resolve();
  expect(callback).toHaveBeenCalledExactlyOnceWith(7);
  expect(failed).not.toHaveBeenCalled();
});

test('E4: what a callback throws is told at once', () => {
  const failed = vi.fn<(error: unknown) => void>();
  guardedCall(
    () => {
      throw failure;
    },
    7,
    failed,
  );
  expect(failed).toHaveBeenCalledExactlyOnceWith(failure);
});

test('E4: what an async callback rejects with is told, and is no unhandled rejection', async () => {
  const failed = vi.fn<(error: unknown) => void>();
  guardedCall(async () => Promise.reject(failure), 7, failed);
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(failed).toHaveBeenCalledExactlyOnceWith(failure);
});

test('E4: a promise of another realm is caught too', async () => {
  const failed = deferred<unknown>();
  const foreign: unknown = runInNewContext('async () => { throw "from elsewhere"; }');
  if (typeof foreign !== 'function') throw new Error('no function came back');
  guardedCall(() => foreign(), undefined, failed.resolve);
  expect(await failed.promise).toBe('from elsewhere');
});

test('E4: guarded gives what is given, and drops what is thrown or rejected', async () => {
  expect(guarded(() => 7)).toBe(7);
  expect(
    guarded(() => {
      throw failure;
    }),
  ).toBeUndefined();
  await expect(guarded(() => Promise.reject(failure))).rejects.toBe(failure);
  // Nobody awaits this one, and it is no unhandled rejection, which would fail the run.
  void guarded(() => Promise.reject(failure));
});
