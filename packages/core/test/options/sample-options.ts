import {
  choice,
  flag,
  group,
  integer,
  listOf,
  milliseconds,
  type NonEmptyList,
  optional,
  optionsDescription,
  type OptionsDescription,
  parsed,
  pem,
  required,
  type Secret,
  secret,
  type SecretOption,
  text,
  together,
  withDefault,
} from '../../src/driver.ts';

/** Of a backend that has an option of every kind. */
export interface SampleOptions {
  readonly hosts?: string | readonly string[] | undefined;
  readonly root?: string | undefined;
  readonly zone: string;
  readonly retries?: number | undefined;
  readonly callTimeoutMs?: number | undefined;
  readonly mode?: 'fast' | 'safe' | undefined;
  readonly isQuiet?: boolean | undefined;
  readonly token?: SecretOption | undefined;
  readonly tls?: boolean | SampleTls | undefined;
}

interface SampleTls {
  readonly ca?: SecretOption | undefined;
  readonly cert?: SecretOption | undefined;
  readonly minVersion?: number | undefined;
}

export interface CheckedSample {
  readonly hosts: NonEmptyList<string>;
  readonly root: string;
  readonly zone: string;
  readonly retries: number | undefined;
  readonly callTimeoutMs: number;
  readonly mode: 'fast' | 'safe';
  readonly isQuiet: boolean;
  readonly token: Secret | undefined;
  readonly tls: CheckedTls | false | undefined;
}

interface CheckedTls {
  readonly ca: Secret | undefined;
  readonly cert: Secret | undefined;
  readonly minVersion: number;
}

export const sample: OptionsDescription<SampleOptions, CheckedSample> = optionsDescription<
  SampleOptions,
  CheckedSample
>({
  url: { scheme: 'sample', hosts: 'hosts', path: 'root' },
  fields: {
    hosts: withDefault(listOf({ type: 'host', parse: parsedHost }), ['a', 'b'], 'Where it is.'),
    root: withDefault(parsed({ type: 'path', parse: (path) => path.toLowerCase() }), '/Root', 'What it begins with.'),
    zone: required(text(), 'Where this is.'),
    retries: optional(integer({ min: -1, max: 9 }), 'How often.'),
    callTimeoutMs: withDefault(milliseconds({ min: 10, max: 60_000, zero: 'none' }), 500, 'How long.'),
    mode: withDefault(choice(['fast', 'safe']), 'safe', 'How.'),
    isQuiet: withDefault(flag(), false, 'Whether it says nothing.'),
    token: optional(secret(), 'Who asks.'),
    tls: group<SampleTls, CheckedTls>(
      {
        ca: optional(pem(), 'Whom it trusts.'),
        cert: optional(pem(), 'Who asks.'),
        minVersion: withDefault(integer({ min: 1, max: 3 }), 2, 'Of TLS 1.'),
      },
      'Whether nobody listens.',
    ),
  },
  rules: [together('tls.ca', 'tls.cert')],
});

/** What is not given. */
export const defaults: Omit<CheckedSample, 'zone'> = {
  hosts: ['a', 'b'],
  root: '/root',
  retries: undefined,
  callTimeoutMs: 500,
  mode: 'safe',
  isQuiet: false,
  token: undefined,
  tls: undefined,
};

function parsedHost(host: string, path: string): string {
  if (/^[a-z0-9.:]+$/.test(host)) return host;
  throw new TypeError(`${path}: expected a host`);
}
