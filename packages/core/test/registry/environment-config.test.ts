import { env } from 'node:process';
import { inspect } from 'node:util';
import { expect, expectTypeOf, test, vi } from 'vitest';
import { optionsFromEnvironment } from '../../src/driver.ts';
import {
  type BackendDefinition,
  type Environment,
  environmentConfig,
  openRegistry,
  type RegistryConfig,
} from '../../src/index.ts';
import { refusal } from '../instance/sample-inits.ts';
import { type CheckedSample, sample } from '../options/sample-options.ts';
import { ScriptedDriver } from '../scripted-driver.ts';

/** What a backend is opened with. */
function backend(opened: CheckedSample[] = []): BackendDefinition<'sample', CheckedSample> {
  return {
    name: 'sample',
    parse: () => expect.unreachable(),
    parseEnvironment: (environment, terms) => optionsFromEnvironment(sample, environment, terms),
    open(options) {
      opened.push(options);
      return new ScriptedDriver();
    },
  };
}

const silent: BackendDefinition = { ...backend(), name: 'silent', parseEnvironment: undefined } as never;

function openedWith(environment: Environment, prefix?: string): CheckedSample | undefined {
  const opened: CheckedSample[] = [];
  openRegistry(environmentConfig(environment, { prefix }), { backends: [silent, backend(opened)] });
  return opened[0];
}

test('B1: a URL in a variable chooses the backend, and the other variables add to it', () => {
  expect(openedWith({ ROLLCALL_URL: 'SAMPLE://c?zone=z', ROLLCALL_RETRIES: '3', HOME: '/' })).toMatchObject({
    hosts: ['c'],
    zone: 'z',
    retries: 3,
  });
});

test('B1: without a URL a variable names the backend', () => {
  const environment = { ROLLCALL_BACKEND: 'sample', ROLLCALL_URL: '', ROLLCALL_HOSTS: 'c,d', ROLLCALL_ZONE: 'z' };
  expect(openedWith(environment)).toMatchObject({ hosts: ['c', 'd'], zone: 'z' });
});

test('B1: registries of one program have a prefix each', () => {
  const environment = {
    ORDERS_REGISTRY_URL: 'sample://?zone=o',
    USERS_REGISTRY_URL: 'sample://?zone=u',
    ROLLCALL_FOO: 'x',
  };
  expect(openedWith(environment, 'ORDERS_REGISTRY_')?.zone).toBe('o');
  expect(openedWith(environment, 'USERS_REGISTRY_')?.zone).toBe('u');
});

test('B1: a reference is looked up among all variables', () => {
  const given = { ROLLCALL_URL: 'sample://?zone=z', ROLLCALL_TOKEN: 'env:ELSEWHERE' };
  expect(String(openedWith({ ...given, ELSEWHERE: 'x' })?.token)).toBe('env:ELSEWHERE');
  expect(refusal(() => openedWith(given))).toBe('ROLLCALL_TOKEN: the environment variable ELSEWHERE is not set');
});

test('B1: the variables are those of the call, whatever becomes of them afterwards', () => {
  const environment: Record<string, string> = { ROLLCALL_URL: 'sample://?zone=z' };
  const config = environmentConfig(environment);
  environment['ROLLCALL_FOO'] = 'x';
  expect(() => openRegistry(config, { backends: [backend()] })).not.toThrow();
});

test('B1: the environment of the process is one', () => {
  vi.stubEnv('APP_REGISTRY_URL', 'sample://?zone=z');
  expect(openedWith(env, 'APP_REGISTRY_')?.zone).toBe('z');
  vi.unstubAllEnvs();
});

const known = "those given in options.backends are: 'silent', 'sample'";

test.each<[string, Environment, string]>([
  [
    'nothing',
    { ROLLCALL_ZONE: 'z' },
    `ROLLCALL_URL: neither it nor ROLLCALL_BACKEND is set; set it to a URL such as memory:, or ROLLCALL_BACKEND to the name of a backend; ${known}`,
  ],
  ['an unknown scheme', { ROLLCALL_URL: 'zookeeper://h' }, `ROLLCALL_URL: unknown backend "zookeeper"; ${known}`],
  ['an unknown name', { ROLLCALL_BACKEND: 'Sample' }, `ROLLCALL_BACKEND: unknown backend "Sample"; ${known}`],
  [
    'no URL',
    { ROLLCALL_URL: 'user:hunter2@h'.replace(':', '//') },
    'ROLLCALL_URL: expected a URL that begins with the name of a backend, such as memory:',
  ],
  [
    'a backend that reads no variables',
    { ROLLCALL_BACKEND: 'silent' },
    "ROLLCALL_BACKEND: the backend 'silent' cannot be configured by variables, since its definition has no parseEnvironment; use a URL or an object",
  ],
  [
    'a wrong value',
    { ROLLCALL_URL: 'sample://?zone=z', ROLLCALL_RETRIES: '99' },
    'ROLLCALL_RETRIES: expected an integer from -1 to 9, got 99',
  ],
])('B1, I6: %s is refused when the registry is opened', (_, environment, message) => {
  expect(refusal(() => openedWith(environment))).toBe(message);
});

test.each<[string, () => unknown, RegExp]>([
  ['a prefix without its underscore', () => environmentConfig({}, { prefix: 'ORDERS' }), /^options\.prefix: expected/],
  ['no prefix', () => environmentConfig({}, { prefix: '' }), /^options\.prefix: expected/],
  ['a small letter', () => environmentConfig({}, { prefix: 'orders_' }), /^options\.prefix: expected/],
  ['an unknown option', () => environmentConfig({}, { suffix: '_' } as never), /^options\.suffix: unknown key/],
  ['no environment', () => environmentConfig(undefined as never), /^environment: expected variables by name/],
  [
    'a variable that is no text',
    () => environmentConfig({ ROLLCALL_RETRIES: 3 } as never),
    /^ROLLCALL_RETRIES: expected text, got a number \(not shown\)$/,
  ],
])('I6: %s is refused', (_, make, message) => {
  expect(refusal(() => make())).toMatch(message);
});

test('E2: nothing that shows the configuration shows what is in it', () => {
  const config = environmentConfig({ ROLLCALL_URL: 'sample://?zone=z', ROLLCALL_TOKEN: 'hunter2', OTHER: 'hunter2' });
  const shown = `${inspect(config, { depth: 9, showHidden: true })}${JSON.stringify(config)}`;
  expect(shown).toContain('ROLLCALL_');
  expect(shown).not.toMatch(/hunter2|zone/);
});

test('E2: no secret is in an error', () => {
  const environment = { ROLLCALL_URL: 'sample://u:hunter2@h', ROLLCALL_TOKEN: 'hunter2\n', ROLLCALL_TLS_CA: 'hunter2' };
  expect(refusal(() => openedWith(environment))).not.toContain('hunter2');
});

test('B1: what openRegistry takes has a name', () => {
  expectTypeOf(openRegistry).parameter(0).toEqualTypeOf<RegistryConfig>();
  expectTypeOf(environmentConfig).returns.toExtend<RegistryConfig>();
  expectTypeOf<BackendDefinition<'sample', CheckedSample>>().toExtend<BackendDefinition>();
});
