import { expect, test } from 'vitest';
import { parseConsulOptions } from '../../src/options/parse-consul-options.ts';

test.each(['', '.', '.prod', 'prod/', 'prod ', 'a%20b', 'bücher', 'a=20b', '~', '\n', 'p'.repeat(65)])(
  'I6: the prefix %j is refused',
  (prefix) => {
    expect(() => parseConsulOptions({ prefix })).toThrow(/^config\.prefix: expected /);
  },
);

test.each(['p', 'prod-', 'Prod_1:a.b', '-', 'p'.repeat(64)])('B1: the prefix %j stands as it is', (prefix) => {
  expect(parseConsulOptions({ prefix }).prefix).toBe(prefix);
  expect(parseConsulOptions(`consul://?prefix=${prefix}`).prefix).toBe(prefix);
});

test.each([
  { waitMs: 16_000, requestTimeoutMs: 3_000 },
  { waitMs: 15_000, requestTimeoutMs: 4_062 },
  { waitMs: 1_000, requestTimeoutMs: 18_937 },
])('W7: a poll of %j that falls silent is noticed within 20 s', (options) => {
  expect(parseConsulOptions(options)).toMatchObject(options);
});

test.each([
  [{ waitMs: 15_000, requestTimeoutMs: 4_063 }, 20_000.5],
  [{ waitMs: 16_000, requestTimeoutMs: 3_001 }, 20_001],
  [{ requestTimeoutMs: 5_000 }, 20_937.5],
  [{ waitMs: 1_000, requestTimeoutMs: 19_000 }, 20_062.5],
])('W7: a poll of %j would not be noticed within 20 s, and is refused', (options, silentMs) => {
  const expected = (at: string): TypeError =>
    new TypeError(
      `${at}requestTimeoutMs: expected 17/16 of ${at}waitMs and ${at}requestTimeoutMs to be at most 20000 together, got ${silentMs}`,
    );
  expect(() => parseConsulOptions(options)).toThrow(expected('config.'));
  const query = Object.entries(options).map(([key, value]) => `${key}=${value}`);
  expect(() => parseConsulOptions(`consul://?${query.join('&')}`)).toThrow(expected('config?'));
});

test('W7: the waits that are allowed, and the default, go with the default of the other', () => {
  for (const waitMs of [1_000, 15_000, 16_000]) expect(parseConsulOptions({ waitMs }).waitMs).toBe(waitMs);
});
