import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { consulBackend } from '@rollcall/backend-consul';
import { type BackendDefinition, createRegistry, systemClock } from '@rollcall/core';
import { describeOptions, type Secret } from '@rollcall/core/driver';
import { expect, expectTypeOf, test, vi } from 'vitest';
import { everyForm } from '../../../testing/every-form.ts';
import { check } from '../../../testing/fc.ts';
import { consulDescription } from '../src/options/consul-description.ts';
import type { ConsulOptions } from '../src/options/consul-options.ts';
import type { ConsulSettings } from '../src/options/consul-settings.ts';
import { parseConsulEnvironment, parseConsulOptions } from '../src/options/parse-consul-options.ts';

const pemText = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

const defaults = {
  address: { origin: 'http://127.0.0.1:8500', socketPath: undefined, shown: 'http://127.0.0.1:8500' },
  token: undefined,
  query: {},
  tls: undefined,
  prefix: '',
  stale: false,
  waitMs: 15_000,
  maxPolls: 100,
  deregisterAfterMs: 60_000,
  dialTimeoutMs: 2_000,
  requestTimeoutMs: 3_000,
};

const systemTls = { ca: undefined, client: undefined, serverName: undefined };

/** As if every variable were set. */
const anyVariable = { env: (): string => 'set' };

/** With each secret as it shows itself. */
function plain(settings: ConsulSettings): unknown {
  return JSON.parse(JSON.stringify(settings));
}

function refusal(config: unknown): string {
  try {
    parseConsulOptions(config, anyVariable);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  throw new Error('expected a TypeError');
}

function fromEnvironment(environment: Record<string, string>): ConsulSettings {
  return parseConsulEnvironment(environment, { prefix: 'ROLLCALL_' }, anyVariable);
}

test('B1: nothing given is the agent on this machine', () => {
  expect(parseConsulOptions({})).toEqual(defaults);
  expect(parseConsulOptions('consul:')).toEqual(defaults);
  expect(parseConsulOptions('consul://')).toEqual(defaults);
  expect(parseConsulOptions({ address: undefined, token: undefined, tls: undefined })).toEqual(defaults);
  expect(fromEnvironment({})).toEqual(defaults);
});

test('B1: a URL, an object and the environment say the same', () => {
  const expected = {
    address: { origin: 'https://[::1]:8502', shown: 'https://[::1]:8502' },
    token: 'env:CONSUL_HTTP_TOKEN',
    query: { dc: 'dc2', ns: 'team', partition: 'west' },
    tls: {
      ca: 'file:/etc/consul/ca.pem',
      client: { cert: 'file:/etc/consul/c.pem', key: 'file:/etc/consul/k.pem' },
      serverName: 'server.dc1.consul',
    },
    prefix: 'prod-',
    stale: true,
    waitMs: 10_000,
    maxPolls: 7,
    deregisterAfterMs: 120_000,
    dialTimeoutMs: 100,
    requestTimeoutMs: 200,
  };
  const url =
    'consul://[::1]:8502?token=env:CONSUL_HTTP_TOKEN&dc=dc2&namespace=team&partition=west&prefix=prod-' +
    '&tls.ca=file:/etc/consul/ca.pem&tls.cert=file:///etc/consul/c.pem&tls.key=file:/etc/consul/k.pem' +
    '&tls.serverName=server.dc1.consul&stale=true&waitMs=10000&maxPolls=7&deregisterAfterMs=120000' +
    '&dialTimeoutMs=100&requestTimeoutMs=200';
  const options: ConsulOptions = {
    address: 'https://[::1]:8502',
    token: { env: 'CONSUL_HTTP_TOKEN' },
    dc: 'dc2',
    namespace: 'team',
    partition: 'west',
    prefix: 'prod-',
    tls: {
      ca: { file: '/etc/consul/ca.pem' },
      cert: { file: '/etc/consul/c.pem' },
      key: { file: '/etc/consul/k.pem' },
      serverName: 'server.dc1.consul',
    },
    stale: true,
    waitMs: 10_000,
    maxPolls: 7,
    deregisterAfterMs: 120_000,
    dialTimeoutMs: 100,
    requestTimeoutMs: 200,
  };
  const environment = {
    ROLLCALL_BACKEND: 'consul',
    ROLLCALL_TEST_SEED: '1',
    ROLLCALL_ADDRESS: '[::1]:8502',
    ROLLCALL_TOKEN: 'env:CONSUL_HTTP_TOKEN',
    ROLLCALL_DC: 'dc2',
    ROLLCALL_NAMESPACE: 'team',
    ROLLCALL_PARTITION: 'west',
    ROLLCALL_PREFIX: 'prod-',
    ROLLCALL_TLS_CA: 'file:/etc/consul/ca.pem',
    ROLLCALL_TLS_CERT: 'file:/etc/consul/c.pem',
    ROLLCALL_TLS_KEY: 'file:/etc/consul/k.pem',
    ROLLCALL_TLS_SERVER_NAME: 'server.dc1.consul',
    ROLLCALL_STALE: 'true',
    ROLLCALL_WAIT_MS: '10000',
    ROLLCALL_MAX_POLLS: '7',
    ROLLCALL_DEREGISTER_AFTER_MS: '120000',
    ROLLCALL_DIAL_TIMEOUT_MS: '100',
    ROLLCALL_REQUEST_TIMEOUT_MS: '200',
  };
  expect(plain(parseConsulOptions(url, anyVariable))).toEqual(expected);
  expect(plain(parseConsulOptions(options, anyVariable))).toEqual(expected);
  expect(plain(fromEnvironment(environment))).toEqual(expected);
});

test.each<[string, ConsulOptions, ConsulSettings['tls'], string]>([
  ['nothing', {}, undefined, 'http://127.0.0.1:8500'],
  ['http://', { address: 'http://h' }, undefined, 'http://h:8500'],
  ['http:// and false', { address: 'http://h', tls: false }, undefined, 'http://h:8500'],
  ['true', { address: 'h', tls: true }, systemTls, 'https://h:8501'],
  ['no option of it', { address: 'h:1', tls: {} }, systemTls, 'https://h:1'],
  ['https://', { address: 'https://h' }, systemTls, 'https://h:8501'],
  ['https:// and true', { address: 'https://h', tls: true }, systemTls, 'https://h:8501'],
  ['a name', { address: 'h', tls: { serverName: 'n' } }, { ...systemTls, serverName: 'n' }, 'https://h:8501'],
  ['a socket', { address: 'unix:/run/c.sock' }, undefined, 'http://localhost'],
  ['a socket and true', { address: 'unix:/run/c.sock', tls: true }, systemTls, 'https://localhost'],
])('B1: TLS is said once: %s', (_, options, tls, origin) => {
  const settings = parseConsulOptions(options);
  expect(settings.tls).toEqual(tls);
  expect(settings.address.origin).toBe(origin);
});

test.each<[string, unknown, string]>([
  [
    'an unknown key',
    { host: 'h' },
    'config.host: unknown key; known are address, token, dc, namespace, partition, prefix, tls, stale, waitMs, maxPolls, deregisterAfterMs, dialTimeoutMs, requestTimeoutMs',
  ],
  [
    'an unknown key of TLS',
    { tls: { servername: 'h' } },
    'config.tls.servername: unknown key; known are ca, cert, key, serverName',
  ],
  ['no options', 5, 'config: expected options (a plain object), got 5'],
  ['a certificate alone', { tls: { cert: pemText } }, 'config.tls.cert: given without config.tls.key'],
  ['a key alone', 'consul://?tls.key=file:/k', 'config?tls.key: given without config?tls.cert'],
  [
    'http:// over TLS',
    { address: 'http://h', tls: {} },
    'config.address: http://, but config.tls is on; write https://, or leave it out',
  ],
  ['https:// without TLS', { address: 'https://h', tls: false }, 'config.tls: false, but config.address has https://'],
  [
    'a wait under a second',
    { waitMs: 999 },
    'config.waitMs: expected a whole number of milliseconds from 1000 to 16000, got 999',
  ],
  ['no poll at all', { maxPolls: 0 }, 'config.maxPolls: expected an integer from 1 to 10000, got 0'],
  [
    'a service that is kept for less than Consul can',
    { deregisterAfterMs: 59_999 },
    'config.deregisterAfterMs: expected a whole number of milliseconds from 60000 to 2592000000, got 59999',
  ],
  [
    'no time to dial',
    { dialTimeoutMs: 0 },
    'config.dialTimeoutMs: expected a whole number of milliseconds from 1 to 3600000, got 0',
  ],
  [
    'no time to answer',
    'consul://?requestTimeoutMs=1s',
    'config?requestTimeoutMs: expected a whole number of milliseconds from 1 to 3600000, got "1s"',
  ],
  ['a flag that is none', 'consul://?stale=1', 'config?stale: expected true or false, got "1"'],
  ['another scheme', 'etcd://h', 'config: expected a URL of the form consul://host:port'],
  ['a path', 'consul://h/prod', 'config.path: expected a URL without a path, got one with it'],
  [
    'a token in a URL',
    'consul://?token=hunter2',
    'config?token: expected a reference, env:NAME or file:/path, got something else (not shown)',
  ],
  [
    'a token with a line break',
    { token: 'hunter2\n' },
    'config.token: expected a secret without control characters, got a string (not shown)',
  ],
  ['a wrong port', 'consul://h:0', 'config.hosts: expected a port from 1 to 65535, got 0'],
])('I6: %s is refused', (_, config, message) => {
  expect(refusal(config)).toBe(message);
});

test('I6: everything that is wrong is told at once', () => {
  expect(refusal('consul://h:x?tls.key=file:/k&tls=maybe&waitMs=1&maxPolls=0&foo=1').split('\n')).toEqual([
    '6 options are wrong:',
    expect.stringContaining('  config?foo: unknown key'),
    '  config.hosts: expected a port from 1 to 65535, got something else (not shown)',
    '  config?tls: expected true or false, got "maybe"',
    expect.stringContaining('  config?waitMs: '),
    expect.stringContaining('  config?maxPolls: '),
    '  config?tls.key: given without config?tls.cert',
  ]);
});

test('E2: a variable that is not set is told when the URL is read', () => {
  vi.stubEnv('ROLLCALL_TEST_UNSET', undefined);
  const parse = (): unknown => parseConsulOptions('consul://?token=env:ROLLCALL_TEST_UNSET');
  expect(parse).toThrow(new TypeError('config?token: the environment variable ROLLCALL_TEST_UNSET is not set'));
  vi.stubEnv('ROLLCALL_TEST_UNSET', 'x');
  expect(parse).not.toThrow();
  vi.unstubAllEnvs();
});

test('B2: a file of a secret need not be there when the options are read', () => {
  const options = { token: { file: '/nowhere/token' }, tls: { ca: { file: '/nowhere/ca.pem' } } };
  expect(() => parseConsulOptions(options)).not.toThrow();
});

const anyText = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => !/\p{Control}|\p{Surrogate}/u.test(text));

/** Both are set or need not be. */
const reference = fc.constantFrom({ env: 'PATH' }, { file: '/t t' });

test('B1: what an object says, a URL and the environment can say', () =>
  check(
    everyForm({
      definition: consulBackend(),
      rows: describeOptions(consulDescription, 'ROLLCALL_'),
      values: {
        address: fc.oneof(
          fc.domain(),
          fc.domain().map((host) => `https://${host}:1`),
          fc.ipV6().map((host) => `[${host}]`),
          anyText.filter((text) => !text.startsWith('/')).map((text) => `unix:/${text}`),
        ),
        token: reference,
        dc: anyText,
        namespace: anyText,
        partition: anyText,
        prefix: fc.stringMatching(/^[\w:-][\w:.-]{0,63}$/),
        tls: fc.constant(true),
        'tls.ca': reference,
        'tls.cert': reference,
        'tls.key': reference,
        'tls.serverName': anyText,
        stale: fc.boolean(),
        waitMs: fc.integer({ min: 1_000, max: 15_000 }),
        maxPolls: fc.integer({ min: 1, max: 10_000 }),
        deregisterAfterMs: fc.integer({ min: 60_000, max: 2_592_000_000 }),
        dialTimeoutMs: fc.integer({ min: 1, max: 3_600_000 }),
        requestTimeoutMs: fc.integer({ min: 1, max: 3_000 }),
      },
    }),
  ));

test('E2: no secret is in an error, in settings that are inspected, or in the client made from them', () =>
  check(
    fc.property(fc.string({ unit: 'grapheme', minLength: 4 }), (rest) => {
      const text = `S3cr${rest}`;
      const encoded = encodeURIComponent(text);
      for (const config of [
        { token: text },
        { token: text, tls: { key: text } },
        { token: text, tls: { ca: `-----BEGIN ${text}` } },
        { token: text, address: `http://u:${text}@h` },
        { token: text, waitMs: 0 },
        { address: `https://h/${text}` },
        `consul://u:${text}@h`,
        `consul://u:${encoded}@h`,
        `consul://h?token=${encoded}`,
        `consul://h?token=${encoded}&foo=1`,
      ]) {
        expect(outcome(config)).not.toContain('S3cr');
      }
    }),
  ));

function outcome(config: unknown): string {
  try {
    const settings = parseConsulOptions(config, anyVariable);
    const driver = consulBackend().open(settings, { clock: systemClock });
    const shown = [settings, driver, createRegistry(driver)].map(
      (thing) => `${inspect(thing, { depth: 9, showHidden: true })}${JSON.stringify(thing)}`,
    );
    return shown.join();
  } catch (error) {
    return inspect(error, { depth: 9, showHidden: true });
  }
}

test('B1: the type of the backend can be written with public names alone', () => {
  expectTypeOf(consulBackend).returns.toEqualTypeOf<BackendDefinition<'consul'>>();
});

test('I6: states that cannot be do not compile', () => {
  expectTypeOf<{ cert: Secret }>().not.toExtend<NonNullable<ConsulSettings['tls']>['client']>();
  expectTypeOf<{ timeout: number }>().not.toExtend<ConsulOptions>();
  expectTypeOf<{ token: { path: string } }>().not.toExtend<ConsulOptions>();
  expectTypeOf<object>().toExtend<ConsulOptions>();
});

const page = new URL('../../../docs/consul.md', import.meta.url);

test('B1: the table in docs/consul.md follows from the description', async () => {
  const lines = (await readFile(page, 'utf8')).split('\n').filter((line) => line.startsWith('|'));
  const table = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  for (const { path, urlKey, variable, type, byDefault, doc } of describeOptions(consulDescription, 'ROLLCALL_')) {
    const shownDefault = byDefault === 'none' ? 'none' : `\`${byDefault}\``;
    expect(table).toContainEqual([`\`${path}\``, `\`${urlKey}\``, `\`${variable}\``, type, shownDefault, doc]);
  }
});
