import fc from 'fast-check';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import {
  checkOptions,
  optionsFromEnvironment,
  optionsFromUrl,
  Secret,
  SecretError,
  type SecretSources,
} from '../../src/driver.ts';
import { thrownBy } from '../instance/sample-inits.ts';
import { sample } from './sample-options.ts';

const files: ReadonlyMap<string, string> = new Map([
  ['/plain', 'hunter2'],
  ['/line', 'hunter2\n'],
  ['/dos', 'hunter2\r\n'],
  ['/two', 'hunter2\n\n'],
  ['/empty', '\n'],
]);

const sources: SecretSources = {
  env: (name) => ({ SET: 'hunter2', LINE: 'hunter2\n', EMPTY: '' })[name],
  async file(path) {
    const text = files.get(path);
    if (text === undefined) throw new Error('ENOENT');
    return text;
  },
};

test.each([
  [{ text: 'hunter2' }, '[secret]', 'hunter2'],
  [{ env: 'SET' }, 'env:SET', 'hunter2'],
  [{ env: 'LINE' }, 'env:LINE', 'hunter2\n'],
  [{ file: '/plain' }, 'file:/plain', 'hunter2'],
  [{ file: '/line' }, 'file:/line', 'hunter2'],
  [{ file: '/dos' }, 'file:/dos', 'hunter2'],
  [{ file: '/two' }, 'file:/two', 'hunter2\n'],
])('E2: %j shows itself as %s, and is revealed when it is asked for', async (place, shown, text) => {
  const secret = new Secret(place);
  expect(await secret.reveal(sources)).toBe(text);
  expect([String(secret), JSON.parse(JSON.stringify(secret)), inspect(secret)]).toEqual([shown, shown, shown]);
  expect(inspect({ secret }, { showHidden: true, depth: 9 })).not.toContain('hunter2');
  expect(Object.keys(secret)).toEqual([]);
});

test.each([
  [{ env: 'UNSET' }, 'the environment variable UNSET is not set'],
  [{ env: 'EMPTY' }, 'env:EMPTY is empty'],
  [{ file: '/empty' }, 'file:/empty is empty'],
  [{ file: '/none' }, 'file:/none could not be read'],
])('E2: %j cannot be read, and says so', async (place, message) => {
  const error: unknown = await new Secret(place).reveal(sources).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SecretError);
  expect(error).toMatchObject({ name: 'SecretError', message });
});

test('E2: what reading a file failed with is the cause', async () => {
  await expect(new Secret({ file: '/none' }).reveal(sources)).rejects.toMatchObject({ cause: { message: 'ENOENT' } });
});

/** Long enough not to stand in a message by chance. */
const anySecret = fc.string({ unit: 'binary', minLength: 6, maxLength: 40 }).map((text) => `S3cr${text}`);

const anyRest = fc.dictionary(
  fc.constantFrom('zone', 'hosts', 'retries', 'mode', 'foo', 'tls'),
  fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
);

test('E2: no secret is in an error or in what is checked, in an object', () =>
  check(
    fc.property(anySecret, anyRest, fc.integer({ min: 0, max: 5 }), (text, rest, form) => {
      const token = [text, [text], { env: `${text} ` }, { text }, { file: { text } }, { env: 1, file: text }][form];
      const options = { ...rest, token, tls: { ca: text, cert: { [`${form}`]: text } } };
      expectHidden(() => checkOptions(sample, options, 'config'));
      expectHidden(() => checkOptions(sample, { zone: 'z', token }, 'config'));
    }),
  ));

test('E2: no secret is in an error or in what is checked, in a URL', () =>
  check(
    fc.property(anySecret.filter(isWellFormed), fc.integer({ min: 0, max: 6 }), (text, form) => {
      const encoded = encodeURIComponent(text);
      const url = [
        `sample://user:${text}@h?zone=z`,
        `sample://user:${encoded}@h?zone=z`,
        `sample://h?zone=z&token=${encoded}`,
        `sample://h?token=${encoded}&foo=1`,
        `sample://h?tls.ca=${encoded}&retries=x`,
        `sample://h?toke=${encoded}`,
        `sample://h?zone=z&token=${text.replaceAll('=', '')}`,
      ][form];
      expectHidden(() => optionsFromUrl(sample, url ?? '', 'config'));
    }),
  ));

test('E2: no secret is in an error or in what is checked, in the environment', () =>
  check(
    fc.property(anySecret, (text) => {
      const environment = { APP_TOKEN: text, APP_TLS_CA: text, APP_TOKENS: text, APP_RETRIES: 'x' };
      expectHidden(() => optionsFromEnvironment(sample, environment, { prefix: 'APP_' }));
      expectHidden(() => optionsFromEnvironment(sample, { APP_ZONE: 'z', APP_TOKEN: text }, { prefix: 'APP_' }));
    }),
  ));

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Not even its first characters, which nothing else here has. */
function expectHidden(call: () => unknown): void {
  let came: unknown;
  const error = thrownBy(() => {
    came = call();
  });
  const shown = [
    String(error),
    inspect(error, { depth: 9 }),
    inspect(came, { depth: 9, showHidden: true }),
    JSON.stringify(came),
  ];
  for (const one of shown) expect(one ?? '').not.toContain('S3cr');
}
