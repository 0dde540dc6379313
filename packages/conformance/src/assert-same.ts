import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/** Deep and strict equality. The message says what was promised, what was expected and what came. */
export function assertSame(actual: unknown, expected: unknown, promise: string): void {
  try {
    assert.deepEqual(actual, expected);
  } catch (cause) {
    throw new assert.AssertionError({
      message: `${promise}: expected ${shown(expected)}, got ${shown(actual)}`,
      actual,
      expected,
      operator: cause instanceof assert.AssertionError ? cause.operator : 'deepStrictEqual',
    });
  }
}

function shown(value: unknown): string {
  const text = inspect(value, { depth: 6, breakLength: Infinity, maxArrayLength: 20, maxStringLength: 80 });
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
