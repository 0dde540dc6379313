import { expect, test } from 'vitest';
import { optionsDescription, optionsFromUrl, optional, text } from '../../src/driver.ts';
import { refusal } from '../instance/sample-inits.ts';
import { type CheckedSample, defaults, sample } from './sample-options.ts';

const known = 'zone, retries, callTimeoutMs, mode, isQuiet, token, tls, tls.ca, tls.cert, tls.minVersion';

function fromUrl(url: string): CheckedSample {
  return optionsFromUrl(sample, url, 'config');
}

test.each<[string, Partial<CheckedSample>]>([
  ['sample://?zone=z', {}],
  ['SAMPLE:///?zone=z', {}],
  ['sample://h?zone=z', { hosts: ['h'] }],
  ['sample://h:1,i:2/?zone=z', { hosts: ['h:1', 'i:2'] }],
  ['sample://h/A%2FB%20c/d?zone=z', { hosts: ['h'], root: '/a/b c/d' }],
  ['sample:///only?zone=z', { root: '/only' }],
  ['sample://?zone=%40+%26%3D', { zone: '@+&=' }],
  ['sample://?zone=a=b', { zone: 'a=b' }],
  ['sample://?z%6Fne=z&retries=-1&callTimeoutMs=0', { retries: -1, callTimeoutMs: 0 }],
  ['sample://?zone=z&mode=fast&isQuiet=true', { mode: 'fast', isQuiet: true }],
  ['sample://?zone=z&tls=false', { tls: false }],
  ['sample://?zone=z&tls=true', { tls: { ca: undefined, cert: undefined, minVersion: 2 } }],
  ['sample://?zone=z&tls=true&tls.minVersion=1', { tls: { ca: undefined, cert: undefined, minVersion: 1 } }],
])('B1: %s', (url, expected) => {
  expect(fromUrl(url)).toEqual({ ...defaults, zone: 'z', ...expected });
});

test.each([
  ['env:A_TOKEN', 'env:A_TOKEN'],
  ['env%3AA_TOKEN', 'env:A_TOKEN'],
  ['file:/run/a%20b', 'file:/run/a b'],
  ['file:///run/a', 'file:/run/a'],
  ['file:a', 'file:a'],
])('E2: a secret is a reference, %s', (written, expected) => {
  expect(String(fromUrl(`sample://?zone=z&token=${written}`).token)).toBe(expected);
});

test.each([
  ['sample://?', 'config?zone: required, but not given: text'],
  ['sample:', 'config?zone: required, but not given: text'],
  ['other://?zone=z', 'config: expected a URL of the form sample://host:port'],
  ['sample', 'config: expected a URL of the form sample://host:port'],
  ['sample:h?zone=z', 'config: expected a URL of the form sample://host:port'],
  ['sample://h,!?zone=z', 'config.hosts[1]: expected a host'],
  [
    'sample:///%zz?zone=z',
    'config.path: expected percent-escapes of UTF-8, got a malformed one (not shown); write %25 for a %',
  ],
  [
    'sample://?zone=%ff',
    'config?zone: expected percent-escapes of UTF-8, got a malformed one (not shown); write %25 for a %',
  ],
  [
    'sample://?zone=z&%=1',
    'config: expected percent-escapes of UTF-8, got a malformed one (not shown); write %25 for a %',
  ],
  [
    'sample://?zone=z#here',
    'config: expected a URL without a fragment, got one with it (not shown); write %23 for a #',
  ],
  ['sample://?zone=z&zone=z', 'config?zone: given more than once'],
  ['sample://?zone=z&', 'config: expected key=value as part 2 of the query, got something else (not shown)'],
  ['sample://?zone=z&isQuiet', 'config: expected key=value as part 2 of the query, got something else (not shown)'],
  ['sample://?zone=', 'config?zone: expected at least one character, got ""'],
  ['sample://?zone=z&retries=1e0', 'config?retries: expected an integer from -1 to 9, got "1e0"'],
  ['sample://?zone=z&retries=', 'config?retries: expected an integer from -1 to 9, got ""'],
  ['sample://?zone=z&isQuiet=1', 'config?isQuiet: expected true or false, got "1"'],
  ['sample://?zone=z&tls=yes', 'config?tls: expected true or false, got "yes"'],
  ['sample://?zone=z&tls=false&tls.minVersion=1', 'config?tls: false, but config?tls.minVersion is given'],
  ['sample://?zone=z&foo=1', `config?foo: unknown key; known are ${known}`],
  ['sample://?zone=z&hosts=h', `config?hosts: unknown key; known are ${known}`],
  ['sample://?zone=z&toString=1', `config?toString: unknown key; known are ${known}`],
  ['sample://?zone=z&token=env:A&foo=1', `config?foo: unknown key; known are ${known}`],
  ['sample://?zone=z&%F0%9F%92%A5=1', `config?(not shown): unknown key; known are ${known}`],
  ['sample://?zone=z&token=env:', 'config?token: expected the name of a variable, got a string (not shown)'],
  ['sample://?zone=z&tls.ca=file:/a', 'config?tls.ca: given without config?tls.cert'],
])('I6: %s is refused by its part', (url, message) => {
  expect(refusal(() => fromUrl(url))).toBe(message);
});

test('I6: everything that is wrong is told at once', () => {
  expect(refusal(() => fromUrl('sample://!/x?retries=99&foo=1&tls=no#f')).split('\n')).toEqual([
    '6 options are wrong:',
    expect.stringContaining('  config: expected a URL without a fragment'),
    expect.stringContaining('  config?foo: unknown key'),
    '  config.hosts[0]: expected a host',
    '  config?zone: required, but not given: text',
    expect.stringContaining('  config?retries: '),
    expect.stringContaining('  config?tls: '),
  ]);
});

test.each([
  'sample://user:hunter2@h?zone=z',
  'sample://user:a/hunter2@h?zone=z',
  'sample://user:a?hunter2@h&zone=z',
  'sample://hunter2@h/path',
  'sample://?zone=z&token=hunter2',
  'sample://?zone=z&token=hunter2@x',
  'sample://?zone=z&token=a%2Fhunter2%zz',
  'sample://?zone=z&token=a&hunter2',
  'sample://?zone=z&token=a&hunter2=b',
  'sample://?zone=z&token=a#hunter2',
  'sample://?zone=z&tls.ca=hunter2',
  'sample://?zone=z&toke=hunter2',
  'other://user:hunter2@h',
  'hunter2',
])('E2: what may be a secret is not shown: %s', (url) => {
  expect(refusal(() => fromUrl(url))).not.toMatch(/hunter2/);
});

test('B1: a backend may do without a path', () => {
  const description = optionsDescription<{ a?: string | undefined }, { a: string | undefined }>({
    url: { scheme: 'bare', hosts: 'a' },
    fields: { a: optional(text(), 'It.') },
  });
  expect(optionsFromUrl(description, 'bare://x/', '')).toEqual({ a: 'x' });
  expect(refusal(() => optionsFromUrl(description, 'bare://x/y', 'config'))).toBe(
    'config.path: expected a URL without a path, got one with it',
  );
});
