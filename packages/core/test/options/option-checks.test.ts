import { checkFunction, checkKeys, hasMethod } from '@rollcall/core/driver';
import { expect, test } from 'vitest';

test.each([{ a: 1 }, { b: undefined }, {}])('I6: checkKeys takes %j', (given) => {
  expect(() => checkKeys('options.retry', given, ['a', 'b'])).not.toThrow();
});

test.each([
  [{ a: 1, c: 2 }, 'options.retry.c: unknown key; known are a, b'],
  [undefined, 'options.retry: expected an object, got undefined'],
  [null, 'options.retry: expected an object, got null'],
  ['a', 'options.retry: expected an object, got "a"'],
])('I6: checkKeys refuses %j', (given, message) => {
  expect(() => checkKeys('options.retry', given, ['a', 'b'])).toThrow(new TypeError(message));
});

test('I6: checkFunction takes a function or nothing', () => {
  expect(() => checkFunction('options.onDiagnostic', undefined)).not.toThrow();
  expect(() => checkFunction('options.onDiagnostic', () => 1)).not.toThrow();
  expect(() => checkFunction('options.onDiagnostic', null)).toThrow(
    new TypeError('options.onDiagnostic: expected a function, got null'),
  );
});

test('hasMethod judges by what an object can do, inherited or own', () => {
  class Clock {
    now(): number {
      return 0;
    }
  }
  expect(hasMethod(new Clock(), 'now')).toBe(true);
  expect(hasMethod({ now: 1 }, 'now')).toBe(false);
  for (const none of [undefined, null, 'now', 1]) expect(hasMethod(none, 'now')).toBe(false);
});
