import { expect, expectTypeOf, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import fc from 'fast-check';
import { checkOptions, type OptionsDescription, optionsDescription, required, text } from '../../src/driver.ts';
import { anyHostile, hostileValues, throwing } from '../instance/hostile-values.ts';
import { refusal, thrownBy } from '../instance/sample-inits.ts';
import { type CheckedSample, defaults, sample, type SampleOptions } from './sample-options.ts';

const pemText = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const bothPem = { ca: pemText, cert: { file: '/c.pem' } };

function checked(options: unknown): CheckedSample {
  return checkOptions(sample, options, 'config');
}

test('I6: what is left out, or undefined, has its default', () => {
  expect(checked({ zone: 'z' })).toEqual({ ...defaults, zone: 'z' });
  expect(checked({ zone: 'z', retries: undefined, tls: undefined })).toEqual({ ...defaults, zone: 'z' });
  expect(Object.isFrozen(checked({ zone: 'z' }))).toBe(true);
});

test('I6: what is given is checked, and comes out as the driver needs it', () => {
  const given: SampleOptions = {
    hosts: 'c, d:1',
    root: '/Abc',
    zone: 'z',
    retries: -1,
    callTimeoutMs: 0,
    mode: 'fast',
    isQuiet: true,
    token: 'hunter2',
    tls: { ...bothPem, minVersion: 3 },
  };
  const { token, tls, ...plain } = checked(given);
  expect(plain).toEqual({
    hosts: ['c', 'd:1'],
    root: '/abc',
    zone: 'z',
    retries: -1,
    callTimeoutMs: 0,
    mode: 'fast',
    isQuiet: true,
  });
  expect(String(token)).toBe('[secret]');
  expect(tls).toMatchObject({ minVersion: 3 });
});

test.each([
  ['nothing', {}, undefined],
  ['false', { tls: false }, false],
  ['true', { tls: true }, { ca: undefined, cert: undefined, minVersion: 2 }],
  ['an empty object', { tls: {} }, { ca: undefined, cert: undefined, minVersion: 2 }],
  ['a member', { tls: { minVersion: 1 } }, { ca: undefined, cert: undefined, minVersion: 1 }],
])('I6: a group with %s', (_, given, expected) => {
  expect(checked({ zone: 'z', ...given }).tls).toEqual(expected);
});

test.each<[string, object, string]>([
  [
    'an unknown key',
    { foo: 1 },
    'config.foo: unknown key; known are hosts, root, zone, retries, callTimeoutMs, mode, isQuiet, token, tls',
  ],
  ['an unknown key of a group', { tls: { foo: 1 } }, 'config.tls.foo: unknown key; known are ca, cert, minVersion'],
  [
    'a key with a dot',
    { 'tls.ca': '' },
    'config["tls.ca"]: unknown key; known are hosts, root, zone, retries, callTimeoutMs, mode, isQuiet, token, tls',
  ],
  ['a required key', { zone: undefined }, 'config.zone: required, but not given: text'],
  ['no text', { zone: 1 }, 'config.zone: expected a string, got 1'],
  ['empty text', { zone: '' }, 'config.zone: expected at least one character, got ""'],
  ['half a character', { zone: '\ud800' }, 'config.zone: expected text without lone surrogates, got "\\ud800"'],
  ['a control character', { zone: '\n' }, 'config.zone: expected text without control characters, got "\\n"'],
  ['text that the backend refuses', { hosts: ['a', '!'] }, 'config.hosts[1]: expected a host'],
  ['an empty list', { hosts: [] }, 'config.hosts: expected a list of host that is not empty, got an empty one'],
  ['no list', { hosts: 1 }, 'config.hosts: expected a list of host: an array, or text with commas, got 1'],
  ['too long a list', { hosts: 'a,'.repeat(100) }, 'config.hosts: expected a list of host, at most 100, got 101'],
  ['no whole number', { retries: 0.5 }, 'config.retries: expected an integer from -1 to 9, got 0.5'],
  ['a number too low', { retries: -2 }, 'config.retries: expected an integer from -1 to 9, got -2'],
  ['a number too high', { retries: 10 }, 'config.retries: expected an integer from -1 to 9, got 10'],
  ['text for a number', { retries: '1' }, 'config.retries: expected an integer from -1 to 9, got "1"'],
  [
    'a duration',
    { callTimeoutMs: 1 },
    'config.callTimeoutMs: expected a whole number of milliseconds from 10 to 60000, or 0 for none, got 1',
  ],
  ['an unknown word', { mode: 'x' }, `config.mode: expected 'fast' or 'safe', got "x"`],
  ['text for a flag', { isQuiet: 'true' }, 'config.isQuiet: expected true or false, got "true"'],
  ['text for a group', { tls: 'x' }, 'config.tls: expected true, false or options of tls (a plain object), got "x"'],
  [
    'an array for a group',
    { tls: [] },
    'config.tls: expected true, false or options of tls (a plain object), got an array',
  ],
  ['half of a pair', { tls: { ca: pemText } }, 'config.tls.ca: given without config.tls.cert'],
  [
    'a path for PEM',
    { tls: { ca: '/etc/ca.pem', cert: pemText } },
    'config.tls.ca: expected PEM text, or a reference such as file:/path, got a string (not shown)',
  ],
  [
    'a number for a secret',
    { token: 4711 },
    'config.token: expected the text, { env } or { file }, got a number (not shown)',
  ],
  ['null for a secret', { token: null }, 'config.token: expected the text, { env } or { file }, got null (not shown)'],
  ['an empty secret', { token: '' }, 'config.token: expected at least one character, got ""'],
  [
    'a secret of two lines',
    { token: 'a\nb' },
    'config.token: expected a secret without control characters, got a string (not shown)',
  ],
  [
    'a reference as text',
    { token: 'env:A' },
    "config.token: a text that begins with env: or file: is no reference here; write { env: 'NAME' } or { file: '/path' }",
  ],
  ['a reference to two', { token: { env: 'A', file: '/a' } }, 'config.token: expected either env or file'],
  ['a reference to none', { token: {} }, 'config.token: expected either env or file'],
  ['a reference to something else', { token: { vault: 'a' } }, 'config.token.vault: unknown key; known are env, file'],
  [
    'a variable without a name',
    { token: { env: 'a b' } },
    'config.token: expected the name of a variable, got a string (not shown)',
  ],
  [
    'a file without a name',
    { token: { file: '' } },
    'config.token: expected the path of a file, got a string (not shown)',
  ],
])('I6: %s is refused by its path', (_, given, message) => {
  expect(refusal(() => checked({ zone: 'z', ...given }))).toBe(message);
});

test('I6: everything that is wrong is told at once, a line for each', () => {
  const message = refusal(() =>
    checked({ foo: 1, hosts: ['!', 'a', '?'], retries: 99, tls: { bar: 1, minVersion: 0, cert: pemText } }),
  );
  expect(message.split('\n')).toEqual([
    '8 options are wrong:',
    expect.stringContaining('  config.foo: unknown key'),
    expect.stringContaining('  config.tls.bar: unknown key'),
    '  config.hosts[0]: expected a host',
    '  config.hosts[2]: expected a host',
    '  config.zone: required, but not given: text',
    expect.stringContaining('  config.retries: '),
    expect.stringContaining('  config.tls.minVersion: '),
    '  config.tls.cert: given without config.tls.ca',
  ]);
});

test('I6: an empty path is the argument itself', () => {
  expect(refusal(() => checkOptions(sample, { zone: 1 }, ''))).toBe('zone: expected a string, got 1');
});

test('E2: a reference to a variable that is not set, or empty, is told with the rest', () => {
  const env = (name: string): string | undefined => ({ SET: 'x', EMPTY: '' })[name];
  const message = refusal(() =>
    checkOptions(
      sample,
      { zone: 1, token: { env: 'UNSET' }, tls: { ca: { env: 'EMPTY' }, cert: { env: 'SET' } } },
      'config',
      { env },
    ),
  );
  expect(message).toBe(`3 options are wrong:
  config.zone: expected a string, got 1
  config.token: the environment variable UNSET is not set
  config.tls.ca: the environment variable EMPTY is not set`);
});

test.each(hostileValues.filter(([name]) => name !== 'an object without a prototype'))(
  'I6: %s is refused as options',
  (_, value) => {
    expect(refusal(() => checked(value))).toMatch(/config/);
  },
);

test('I6: what a getter throws is the cause', () => {
  const tls = Object.defineProperty({}, 'ca', { enumerable: true, get: throwing });
  const one = thrownBy(() => checked({ zone: 'z', tls }));
  expect(one).toMatchObject({
    message: 'config.tls.ca: reading it threw; see cause',
    cause: { message: 'from the trap' },
  });
  const several = thrownBy(() => checked({ zone: 1, tls }));
  expect(Object.getPrototypeOf(several)).toBe(TypeError.prototype);
  expect(several).toMatchObject({ cause: { message: 'from the trap' } });
});

test('I6: any value in any place is taken or refused, with nothing but a TypeError', () =>
  check(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(sample.fields), 'foo'), anyHostile), (wrapped) => {
      const options = Object.fromEntries(Object.entries(wrapped).map(([key, { value }]) => [key, value]));
      const error = thrownBy(() => checked(options));
      expect(error === undefined || error instanceof TypeError).toBe(true);
    }),
  ));

test('a bug of a backend is not taken for misuse', () => {
  const broken: OptionsDescription<{ readonly a: string }, { readonly a: string }> = optionsDescription<
    { readonly a: string },
    { readonly a: string }
  >({
    url: { scheme: 'broken', hosts: 'a' },
    fields: {
      a: required(
        {
          ...text(),
          check() {
            throw new RangeError('a bug');
          },
        },
        'It.',
      ),
    },
  });
  expect(thrownBy(() => checkOptions(broken, { a: '' }, 'config'))).toEqual(new RangeError('a bug'));
});

test('I6: the compiler holds the fields against both types', () => {
  interface Given {
    readonly a?: string | undefined;
    readonly b: number;
  }
  interface Checked {
    readonly a: string;
    readonly b: number;
  }
  type Parts = Parameters<typeof optionsDescription<Given, Checked>>[0]['fields'];
  expectTypeOf<keyof Parts>().toEqualTypeOf<'a' | 'b'>();
  const wrong = (): unknown => [
    optionsDescription<Given, Checked>({
      url: { scheme: 's', hosts: 'a' },
      fields: {
        // @ts-expect-error -- it has no default, so the driver would get undefined
        a: { ...required(text(), ''), isRequired: undefined, whenAbsent: () => undefined },
        // @ts-expect-error -- text is no number
        b: required(text(), ''),
      },
    }),
    optionsDescription<Given, Checked>({
      // @ts-expect-error -- no such option
      url: { scheme: 's', hosts: 'c' },
      // @ts-expect-error -- b is missing
      fields: { a: required(text(), '') },
    }),
  ];
  expectTypeOf(wrong).toBeFunction();
  expectTypeOf(checkOptions(sample, { zone: 'z' }, '')).toEqualTypeOf<CheckedSample>();
});
