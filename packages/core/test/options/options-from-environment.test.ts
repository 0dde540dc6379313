import { expect, test } from 'vitest';
import { optionsFromEnvironment } from '../../src/driver.ts';
import { refusal } from '../instance/sample-inits.ts';
import { type CheckedSample, defaults, sample } from './sample-options.ts';

function fromEnvironment(environment: Record<string, string | undefined>): CheckedSample {
  return optionsFromEnvironment(sample, environment, { prefix: 'APP_', reserved: ['APP_URL', 'APP_TEST_*'] });
}

test('B1: variables are named after the options', () => {
  const { token, tls, ...plain } = fromEnvironment({
    APP_HOSTS: 'c, d',
    APP_ROOT: '/%41',
    APP_ZONE: 'z',
    APP_RETRIES: '3',
    APP_CALL_TIMEOUT_MS: '20',
    APP_MODE: 'fast',
    APP_IS_QUIET: 'true',
    APP_TOKEN: 'hunter2',
    APP_TLS_MIN_VERSION: '1',
    APPLE: 'x',
  });
  expect(plain).toEqual({
    hosts: ['c', 'd'],
    root: '/%41',
    zone: 'z',
    retries: 3,
    callTimeoutMs: 20,
    mode: 'fast',
    isQuiet: true,
  });
  expect(String(token)).toBe('[secret]');
  expect(tls).toEqual({ ca: undefined, cert: undefined, minVersion: 1 });
});

test('B1: an empty variable counts as not set', () => {
  expect(fromEnvironment({ APP_ZONE: 'z', APP_RETRIES: '', APP_FOO: '', APP_BAR: undefined })).toEqual({
    ...defaults,
    zone: 'z',
  });
});

test('B1: variables that are somebody else’s are let be; all others with the prefix are refused', () => {
  expect(fromEnvironment({ APP_ZONE: 'z', APP_URL: 'x', APP_TEST_SEED: '1', OTHER_FOO: 'x' })).toMatchObject({
    zone: 'z',
  });
  expect(refusal(() => fromEnvironment({ APP_ZONE: 'z', APP_URLS: 'hunter2' }))).toBe(
    'APP_URLS: unknown variable; known are APP_HOSTS, APP_ROOT, APP_ZONE, APP_RETRIES, APP_CALL_TIMEOUT_MS, APP_MODE, ' +
      'APP_IS_QUIET, APP_TOKEN, APP_TLS, APP_TLS_CA, APP_TLS_CERT, APP_TLS_MIN_VERSION',
  );
  expect(() => optionsFromEnvironment(sample, { APP_ZONE: 'z', APP_URL: 'x' }, { prefix: 'APP_' })).toThrow(
    /^APP_URL: /,
  );
});

test('I6: everything that is wrong is told at once, by the name of the variable', () => {
  const message = refusal(() =>
    fromEnvironment({
      APP_HOSTS: 'a,!',
      APP_RETRIES: 'x',
      APP_TLS: 'on',
      APP_TLS_CA: 'file:/a',
      APP_TOKEN: 'env:NONE',
    }),
  );
  expect(message).toBe(`6 options are wrong:
  APP_HOSTS[1]: expected a host
  APP_ZONE: required, but not given: text
  APP_RETRIES: expected an integer from -1 to 9, got "x"
  APP_TOKEN: the environment variable NONE is not set
  APP_TLS: expected true or false, got "on"
  APP_TLS_CA: given without APP_TLS_CERT`);
});

test.each([
  ['hunter2', {}, '[secret]'],
  ['file:/run/token', {}, 'file:/run/token'],
  ['env:OTHER', { OTHER: 'x' }, 'env:OTHER'],
])('E2: a variable holds a secret or a reference to one: %s', (written, others, expected) => {
  const { token } = fromEnvironment({ APP_ZONE: 'z', APP_TOKEN: written, ...others });
  expect(String(token)).toBe(expected);
});

test('E2: references are looked up where the caller says', () => {
  const terms = { prefix: 'APP_', env: (name: string) => (name === 'ELSEWHERE' ? 'x' : undefined) };
  const { token } = optionsFromEnvironment(sample, { APP_ZONE: 'z', APP_TOKEN: 'env:ELSEWHERE' }, terms);
  expect(String(token)).toBe('env:ELSEWHERE');
});
