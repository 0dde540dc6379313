import { expect, test } from 'vitest';
import { deferred } from '../../src/cancelling/deferred.ts';

test('cancelling: a deferred promise resolves with what it is first given', async () => {
  const { promise, resolve } = deferred<number>();
  resolve(1);
  resolve(2);
  await expect(promise).resolves.toBe(1);
});

test('cancelling: a deferred promise stays open until then, and may be given before it is awaited', async () => {
  const [early, late] = [deferred<string>(), deferred<string>()];
  await expect(Promise.race([late.promise, Promise.resolve('open')])).resolves.toBe('open');
  early.resolve('early');
  late.resolve('late');
  await expect(Promise.all([early.promise, late.promise])).resolves.toEqual(['early', 'late']);
});
