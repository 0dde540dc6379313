import { expect, test } from 'vitest';
import { type Environment, optionsFromEnvironment } from '../../src/driver.ts';
import { refusal } from '../instance/sample-inits.ts';
import { type CheckedSample, defaults, sample } from './sample-options.ts';

function fromEnvironment(environment: Record<string, string | undefined>): CheckedSample {
  return optionsFromEnvironment(sample, environment, { prefix: 'APP_' });
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

test('B1: variables without the prefix are let be; all others that are no option are refused', () => {
  expect(fromEnvironment({ APP_ZONE: 'z', APP_BACKEND: 'sample', OTHER_FOO: 'x' })).toMatchObject({ zone: 'z' });
  expect(refusal(() => fromEnvironment({ APP_ZONE: 'z', APP_URLS: 'hunter2' }))).toBe(
    'APP_URLS: unknown variable; known are APP_URL, APP_BACKEND, APP_HOSTS, APP_ROOT, APP_ZONE, APP_RETRIES, ' +
      'APP_CALL_TIMEOUT_MS, APP_MODE, APP_IS_QUIET, APP_TOKEN, APP_TLS, APP_TLS_CA, APP_TLS_CERT, APP_TLS_MIN_VERSION',
  );
});

test('B1: the variables of the test servers are no options', () => {
  const from = (environment: Environment): CheckedSample =>
    optionsFromEnvironment(sample, environment, { prefix: 'ROLLCALL_' });
  expect(from({ ROLLCALL_ZONE: 'z', ROLLCALL_TEST_SEED: '1' }).zone).toBe('z');
  expect(refusal(() => fromEnvironment({ APP_ZONE: 'z', APP_TEST_SEED: '1' }))).toMatch(/^APP_TEST_SEED: unknown/);
});

test('B1: a URL gives options, and the other variables add what it does not', () => {
  const { hosts, root, zone, retries, tls, token } = fromEnvironment({
    APP_URL: 'sample://c,d/%41?zone=z&tls=true',
    APP_RETRIES: '3',
    APP_TLS_MIN_VERSION: '1',
    APP_TOKEN: 'hunter2',
  });
  expect({ hosts, root, zone, retries, tls }).toEqual({
    hosts: ['c', 'd'],
    root: '/a',
    zone: 'z',
    retries: 3,
    tls: { ca: undefined, cert: undefined, minVersion: 1 },
  });
  expect(String(token)).toBe('[secret]');
});

test('B1, I6: an option that both give is refused, and both places are named', () => {
  const environment = {
    APP_URL: 'sample://c/r?zone=z&tls.ca=file:/a',
    APP_BACKEND: 'sample',
    APP_HOSTS: 'd',
    APP_ROOT: '/s',
    APP_ZONE: 'z',
    APP_RETRIES: '99',
  };
  expect(refusal(() => fromEnvironment(environment))).toBe(`6 options are wrong:
  APP_BACKEND: given, but APP_URL names a backend too; leave one of them out
  APP_HOSTS: given, but APP_URL.hosts gives it too; leave one of them out
  APP_ROOT: given, but APP_URL.path gives it too; leave one of them out
  APP_ZONE: given, but APP_URL?zone gives it too; leave one of them out
  APP_RETRIES: expected an integer from -1 to 9, got 99
  APP_URL?tls.ca: given without APP_TLS_CERT`);
});

test.each([
  ['sample://u:hunter2@h', 'APP_URL: expected a URL without a user part, got an @ in it (not shown); write ?user='],
  ['other://hunter2', 'APP_URL: expected a URL of the form sample://host:port'],
])('I6, E2: beside a URL that cannot be read, what is wrong for certain is told: %s', (url, expected) => {
  const message = refusal(() =>
    fromEnvironment({ APP_URL: url, APP_FOO: '1', APP_TLS: 'on', APP_TLS_CA: 'file:/a', APP_RETRIES: 'x' }),
  );
  const [head, ...lines] = message.split('\n');
  expect(head).toBe('4 options are wrong:');
  expect(lines).toEqual([
    expect.stringMatching(/^ {2}APP_FOO: unknown variable/),
    expect.stringContaining(`  ${expected}`),
    '  APP_RETRIES: expected an integer from -1 to 9, got "x"',
    '  APP_TLS: expected true or false, got "on"',
  ]);
});

test('E2: a URL in a variable holds references only', () => {
  expect(refusal(() => fromEnvironment({ APP_URL: 'sample://?zone=z&token=hunter2' }))).toBe(
    'APP_URL?token: expected a reference, env:NAME or file:/path, got something else (not shown)',
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
