import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { etcdBackend } from '@rollcall/backend-etcd';
import { type BackendDefinition, describeOptions, type Secret } from '@rollcall/core/driver';
import { expect, expectTypeOf, test, vi } from 'vitest';
import { everyForm } from '../../../testing/every-form.ts';
import { check } from '../../../testing/fc.ts';
import { etcdDescription } from '../src/options/etcd-description.ts';
import { endpointOver, parseEtcdEndpoint, writtenEndpoint } from '../src/options/etcd-endpoint.ts';
import type { EtcdOptions } from '../src/options/etcd-options.ts';
import type { EtcdSettings } from '../src/options/etcd-settings.ts';
import { parseEtcdEnvironment, parseEtcdOptions } from '../src/options/parse-etcd-options.ts';

const pemText = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

const defaults = {
  endpoints: [{ host: '127.0.0.1', port: 2379, secure: false, address: '127.0.0.1:2379' }],
  prefix: '/rollcall',
  credentials: undefined,
  tls: undefined,
  dialTimeoutMs: 2_000,
  requestTimeoutMs: 3_000,
  syncIntervalMs: 0,
};

const systemTls = { ca: undefined, client: undefined, serverName: undefined };

/** As if every variable were set. */
const anyVariable = { env: (): string => 'set' };

/** With each secret as it shows itself. */
function plain(settings: EtcdSettings): unknown {
  return JSON.parse(JSON.stringify(settings));
}

function refusal(config: unknown): string {
  try {
    parseEtcdOptions(config, anyVariable);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  throw new Error('expected a TypeError');
}

function fromEnvironment(environment: Record<string, string>): EtcdSettings {
  return parseEtcdEnvironment(environment, { prefix: 'ROLLCALL_' }, anyVariable);
}

test('B1: nothing given is one member on this machine', () => {
  expect(parseEtcdOptions({})).toEqual(defaults);
  expect(parseEtcdOptions('etcd:')).toEqual(defaults);
  expect(parseEtcdOptions('etcd://')).toEqual(defaults);
  expect(fromEnvironment({})).toEqual(defaults);
});

test('B1: a URL, an object and the environment say the same', () => {
  const expected = {
    endpoints: [
      { host: '10.0.0.1', port: 2379, secure: true, address: '10.0.0.1:2379' },
      { host: '::1', port: 23_790, secure: true, address: '[::1]:23790' },
    ],
    prefix: '/prod',
    credentials: { user: 'app', password: 'env:ETCD_PASSWORD' },
    tls: {
      ca: 'file:/etc/etcd/ca.pem',
      client: { cert: 'file:/etc/etcd/c.pem', key: 'file:/etc/etcd/k.pem' },
      serverName: 'etcd',
    },
    dialTimeoutMs: 100,
    requestTimeoutMs: 200,
    syncIntervalMs: 60_000,
  };
  const url =
    'etcd://10.0.0.1,[::1]:23790/prod?user=app&password=env:ETCD_PASSWORD&tls.ca=file:/etc/etcd/ca.pem' +
    '&tls.cert=file:///etc/etcd/c.pem&tls.key=file:/etc/etcd/k.pem&tls.serverName=etcd' +
    '&dialTimeoutMs=100&requestTimeoutMs=200&syncIntervalMs=60000';
  const options: EtcdOptions = {
    endpoints: ['10.0.0.1', 'https://[::1]:23790'],
    prefix: '/prod//',
    user: 'app',
    password: { env: 'ETCD_PASSWORD' },
    tls: {
      ca: { file: '/etc/etcd/ca.pem' },
      cert: { file: '/etc/etcd/c.pem' },
      key: { file: '/etc/etcd/k.pem' },
      serverName: 'etcd',
    },
    dialTimeoutMs: 100,
    requestTimeoutMs: 200,
    syncIntervalMs: 60_000,
  };
  const environment = {
    ROLLCALL_BACKEND: 'etcd',
    ROLLCALL_TEST_SEED: '1',
    ROLLCALL_ENDPOINTS: '10.0.0.1, [::1]:23790',
    ROLLCALL_PREFIX: '/prod',
    ROLLCALL_USER: 'app',
    ROLLCALL_PASSWORD: 'env:ETCD_PASSWORD',
    ROLLCALL_TLS_CA: 'file:/etc/etcd/ca.pem',
    ROLLCALL_TLS_CERT: 'file:/etc/etcd/c.pem',
    ROLLCALL_TLS_KEY: 'file:/etc/etcd/k.pem',
    ROLLCALL_TLS_SERVER_NAME: 'etcd',
    ROLLCALL_DIAL_TIMEOUT_MS: '100',
    ROLLCALL_REQUEST_TIMEOUT_MS: '200',
    ROLLCALL_SYNC_INTERVAL_MS: '60000',
  };
  expect(plain(parseEtcdOptions(url, anyVariable))).toEqual(expected);
  expect(plain(parseEtcdOptions(options, anyVariable))).toEqual(expected);
  expect(plain(fromEnvironment(environment))).toEqual(expected);
});

test.each<[string, EtcdOptions, EtcdSettings['tls']]>([
  ['nothing', {}, undefined],
  ['http://', { endpoints: 'http://h' }, undefined],
  ['http:// and false', { endpoints: 'http://h', tls: false }, undefined],
  ['true', { tls: true }, systemTls],
  ['no option of it', { tls: {} }, systemTls],
  ['https://', { endpoints: 'https://h' }, systemTls],
  ['https:// for one, and no word of the other', { endpoints: ['h', 'https://i'] }, systemTls],
  ['https:// and true', { endpoints: 'https://h', tls: true }, systemTls],
  ['a name', { endpoints: 'h', tls: { serverName: 'n' } }, { ...systemTls, serverName: 'n' }],
])('B1: TLS is on or off for all members alike: %s', (_, options, tls) => {
  const settings = parseEtcdOptions(options);
  expect(settings.tls).toEqual(tls);
  expect(settings.endpoints.map(({ secure }) => secure)).toEqual(settings.endpoints.map(() => tls !== undefined));
});

test.each<[string, unknown, string]>([
  [
    'an unknown key',
    { endpoint: 'h' },
    'config.endpoint: unknown key; known are endpoints, prefix, user, password, tls, dialTimeoutMs, requestTimeoutMs, syncIntervalMs',
  ],
  [
    'an unknown key of TLS',
    { tls: { servername: 'h' } },
    'config.tls.servername: unknown key; known are ca, cert, key, serverName',
  ],
  ['no options', 5, 'config: expected options (a plain object), got 5'],
  ['a user alone', { user: 'app' }, 'config.user: given without config.password'],
  ['a password alone', 'etcd://?password=env:P', 'config?password: given without config?user'],
  ['a certificate alone', { tls: { cert: pemText } }, 'config.tls.cert: given without config.tls.key'],
  [
    'both ways to speak',
    { endpoints: 'http://h,https://i' },
    'config.endpoints: expected http:// or https:// for all, got both',
  ],
  [
    'http:// over TLS',
    { endpoints: 'http://h', tls: {} },
    'config.endpoints: http://, but config.tls is on; write https://, or leave it out',
  ],
  [
    'https:// without TLS',
    { endpoints: 'https://h', tls: false },
    'config.tls: false, but config.endpoints has https://',
  ],
  [
    'no time to dial',
    { dialTimeoutMs: 0 },
    'config.dialTimeoutMs: expected a whole number of milliseconds from 1 to 3600000, got 0',
  ],
  [
    'no time to answer',
    'etcd://?requestTimeoutMs=1s',
    'config?requestTimeoutMs: expected a whole number of milliseconds from 1 to 3600000, got "1s"',
  ],
  [
    'too frequent a refresh',
    { syncIntervalMs: 999 },
    'config.syncIntervalMs: expected a whole number of milliseconds from 1000 to 86400000, or 0 for never, got 999',
  ],
  ['another scheme', 'consul://h', 'config: expected a URL of the form etcd://host:port'],
  [
    'a path for a CA',
    'etcd://?tls.ca=/etc/ca.pem',
    'config?tls.ca: expected a reference, env:NAME or file:/path, got something else (not shown)',
  ],
  ['a wrong host', 'etcd://a,b:0', 'config.hosts[1]: expected a port from 1 to 65535, got 0'],
])('I6: %s is refused', (_, config, message) => {
  expect(refusal(config)).toBe(message);
});

test.each(['', 'prod', '/', '//', '\n', '/a\u0000'])('I6: the prefix %j is refused', (prefix) => {
  expect(refusal({ prefix })).toMatch(/^config\.prefix: expected /);
});

test('I6: everything that is wrong is told at once', () => {
  expect(refusal('etcd://h:x,i?user=u&tls.key=file:/k&tls=maybe&dialTimeoutMs=0&foo=1').split('\n')).toEqual([
    '6 options are wrong:',
    expect.stringContaining('  config?foo: unknown key'),
    '  config.hosts[0]: expected a port from 1 to 65535, got something else (not shown)',
    '  config?tls: expected true or false, got "maybe"',
    expect.stringContaining('  config?dialTimeoutMs: '),
    '  config?user: given without config?password',
    '  config?tls.key: given without config?tls.cert',
  ]);
});

test('E2: a variable that is not set is told when the URL is read', () => {
  vi.stubEnv('ROLLCALL_TEST_UNSET', undefined);
  const parse = (): unknown => parseEtcdOptions('etcd://?user=u&password=env:ROLLCALL_TEST_UNSET');
  expect(parse).toThrow(new TypeError('config?password: the environment variable ROLLCALL_TEST_UNSET is not set'));
  vi.stubEnv('ROLLCALL_TEST_UNSET', 'x');
  expect(parse).not.toThrow();
  vi.unstubAllEnvs();
});

test.each([
  ['h', undefined, 'h', 2379, 'h:2379'],
  ['h:1', undefined, 'h', 1, 'h:1'],
  ['10.0.0.1:65535', undefined, '10.0.0.1', 65_535, '10.0.0.1:65535'],
  ['http://h', 'http', 'h', 2379, 'h:2379'],
  ['HTTPS://Host:1', 'https', 'Host', 1, 'Host:1'],
  ['http://h:2379/', 'http', 'h', 2379, 'h:2379'],
  ['::1', undefined, '::1', 2379, '[::1]:2379'],
  ['[::1]', undefined, '::1', 2379, '[::1]:2379'],
  ['[::1]:1', undefined, '::1', 1, '[::1]:1'],
  ['https://[fe80::1]:1', 'https', 'fe80::1', 1, '[fe80::1]:1'],
  ['bücher.example', undefined, 'bücher.example', 2379, 'bücher.example:2379'],
])('B1: %s is an endpoint', (text, scheme, host, port, address) => {
  expect(writtenEndpoint(text, 'e')).toEqual({ scheme, host, port });
  expect(parseEtcdEndpoint(text)).toEqual({ host, port, secure: scheme === 'https', address });
});

test.each([
  '',
  ':1',
  'h:',
  'h:0',
  'h:01',
  'h:65536',
  'h:1:2',
  'h:hunter2',
  'ftp://h',
  '://h',
  'h/',
  'h/hunter2',
  'h?hunter2',
  'http://h#hunter2',
  'http://h//',
  'hunter2@h',
  'http://u:hunter2@h:1',
  'http://u:a/hunter2@h',
  'http://::1',
  '[::1',
  '[h]',
  '[::1]2',
  'a b',
  'a%40b',
  'h'.repeat(256),
])('I6: %j is no endpoint, and what may be a secret is not shown', (text) => {
  expect(() => writtenEndpoint(text, 'at[1]')).toThrow(/^at\[1\]: expected /);
  expect(() => writtenEndpoint(text, 'at[1]')).not.toThrow(/hunter2/);
});

test('B1: an address is read back as the endpoint it is of', () =>
  check(
    fc.property(
      fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
      fc.integer({ min: 1, max: 65_535 }),
      fc.boolean(),
      (host, port, isSecure) => {
        const endpoint = endpointOver(isSecure ? 'tls' : 'plain', { scheme: undefined, host, port });
        const text = `${isSecure ? 'https' : 'http'}://${endpoint.address}`;
        expect(parseEtcdEndpoint(text)).toEqual(endpoint);
      },
    ),
  ));

const anyText = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => !/\p{Control}|\p{Surrogate}/u.test(text));

const anyHost = fc.oneof(
  fc.domain(),
  fc.domain().map((host) => `https://${host}:1`),
  fc.ipV6().map((host) => `[${host}]`),
);

/** Both are set or need not be. */
const reference = fc.constantFrom({ env: 'PATH' }, { file: '/a b' });

test('B1: what an object says, a URL and the environment can say', () =>
  check(
    everyForm({
      definition: etcdBackend(),
      rows: describeOptions(etcdDescription, 'ROLLCALL_'),
      values: {
        endpoints: fc.array(anyHost, { minLength: 1, maxLength: 4 }),
        prefix: anyText.map((text) => `/${text}`).filter((text) => !/^\/+$/.test(text)),
        user: anyText,
        password: reference,
        tls: fc.constant(true),
        'tls.ca': reference,
        'tls.cert': reference,
        'tls.key': reference,
        'tls.serverName': anyText,
        dialTimeoutMs: fc.integer({ min: 1, max: 3_600_000 }),
        requestTimeoutMs: fc.integer({ min: 1, max: 3_600_000 }),
        syncIntervalMs: fc.oneof(fc.constant(0), fc.integer({ min: 1_000, max: 86_400_000 })),
      },
    }),
  ));

test('E2: no secret is in an error, or in settings that are inspected', () =>
  check(
    fc.property(fc.string({ unit: 'grapheme', minLength: 4 }), (rest) => {
      const text = `S3cr${rest}`;
      const encoded = encodeURIComponent(text);
      for (const config of [
        { user: 'u', password: text, tls: { key: text } },
        { user: 'u', password: text, tls: { ca: `-----BEGIN ${text}` } },
        { password: text, endpoints: `http://u:${text}@h` },
        { endpoints: [`u:${text}@h`, `https://h/${text}`] },
        `etcd://u:${text}@h`,
        `etcd://u:${encoded}@h`,
        `etcd://h?user=u&password=${encoded}`,
        `etcd://h?user=u&password=${encoded}&foo=1`,
      ]) {
        expect(outcome(config)).not.toContain('S3cr');
      }
    }),
  ));

function outcome(config: unknown): string {
  try {
    const settings = parseEtcdOptions(config, anyVariable);
    return inspect(settings, { depth: 9, showHidden: true }) + JSON.stringify(settings);
  } catch (error) {
    return inspect(error, { depth: 9, showHidden: true });
  }
}

test('B1: the type of the backend can be written with public names alone', () => {
  expectTypeOf(etcdBackend).returns.toEqualTypeOf<BackendDefinition<'etcd'>>();
});

test('I6: states that cannot be do not compile', () => {
  expectTypeOf<{ user: string }>().not.toExtend<EtcdSettings['credentials']>();
  expectTypeOf<readonly []>().not.toExtend<EtcdSettings['endpoints']>();
  expectTypeOf<{ cert: Secret }>().not.toExtend<NonNullable<EtcdSettings['tls']>['client']>();
  expectTypeOf<{ timeout: number }>().not.toExtend<EtcdOptions>();
  expectTypeOf<object>().toExtend<EtcdOptions>();
});

const page = new URL('../../../docs/etcd.md', import.meta.url);

test('B1: the table in docs/etcd.md follows from the description', async () => {
  const lines = (await readFile(page, 'utf8')).split('\n').filter((line) => line.startsWith('|'));
  const table = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  for (const { path, urlKey, variable, type, byDefault, doc } of describeOptions(etcdDescription, 'ROLLCALL_')) {
    const shownDefault = byDefault === 'none' ? 'none' : `\`${byDefault}\``;
    expect(table).toContainEqual([`\`${path}\``, `\`${urlKey}\``, `\`${variable}\``, type, shownDefault, doc]);
  }
});
