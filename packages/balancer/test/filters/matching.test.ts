import { expect, test } from 'vitest';
import { type MatchingOptions, matching } from '../../src/index.ts';
import { instance } from '../settable-source.ts';

const set = [
  instance('a', { env: 'prod', deployment: 'red', metadata: { tier: 'gold' } }),
  instance('b', { env: 'prod', zone: 'eu-1', metadata: { tier: 'silver' } }),
  instance('c', { env: 'test', region: 'eu', version: '1.0.0' }),
];

test.each<[string, MatchingOptions, string[]]>([
  ['a field', { env: 'prod' }, ['a', 'b']],
  ['one of several', { env: ['prod', 'test'], deployment: 'red' }, ['a']],
  ['a function', { version: (version) => version === undefined }, ['a', 'b']],
  ['metadata', { metadata: { tier: ['gold', 'silver'] } }, ['a', 'b']],
  ['metadata that is not there', { metadata: { tier: (tier) => tier === undefined } }, ['c']],
  ['what objects inherit is no metadata', { metadata: { toString: (value?: string) => value !== undefined } }, []],
  ['all at once', { env: 'prod', zone: 'eu-1', metadata: { tier: 'silver' } }, ['b']],
  ['nothing', {}, ['a', 'b', 'c']],
  ['what nobody has', { region: 'us' }, []],
])('matching by %s', (_, options, ids) => {
  expect(matching(options)(set).map(({ id }) => id)).toEqual(ids);
});

test('its name says what it looks at, and not at which values', () => {
  expect(matching({ env: 'prod', metadata: { token: 'secret' } }).name).toBe('matching(env, metadata.token)');
});

test.each([
  [{ enviroment: 'prod' }, 'matching: options.enviroment: unknown key'],
  [{ env: 1 }, 'options.env: expected a string, an array of strings or a function, got 1'],
  [{ metadata: { tier: [1] } }, 'options.metadata.tier: expected a string, an array of strings or a function'],
])('bad options are refused: %j', (options, message) => {
  expect(() => matching(options as never)).toThrow(message);
});
