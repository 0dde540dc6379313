import { isIPv6 } from 'node:net';
import {
  type BackendDefinition,
  checkOptions,
  optionsDescription,
  type OptionsDescription,
  optionsFromEnvironment,
  optionsFromUrl,
  parsed,
  withDefault,
  fieldError,
  writtenAuthority,
} from '@rollcall/core/driver';
import { KeyValueDriver } from './key-value-driver.ts';
import type { KeyValueConnection } from './store/key-value-connection.ts';

/** Options of the key-value backend, as a plain object. */
export interface KeyValueOptions {
  /** Where the store is: `host` or `host:port`, with brackets around IPv6. @defaultValue `'127.0.0.1:6379'` */
  readonly address?: string | undefined;
  /** What every key begins with: letters, digits, `-`, `_` and dots. @defaultValue `'rollcall'` */
  readonly prefix?: string | undefined;
}

/** The same, checked, with the defaults. */
export interface CheckedKeyValueOptions {
  readonly address: string;
  readonly prefix: string;
}

/** I6: object, URL and environment follow from this, and so do their messages. */
const description: OptionsDescription<KeyValueOptions, CheckedKeyValueOptions> = optionsDescription<
  KeyValueOptions,
  CheckedKeyValueOptions
>({
  url: { scheme: 'key-value', hosts: 'address' },
  fields: {
    address: withDefault(parsed({ type: 'host[:port]', parse: hostAndPort }), '127.0.0.1:6379', 'Where the store is.'),
    prefix: withDefault(parsed({ type: 'plain name', parse: plainName }), 'rollcall', 'What every key begins with.'),
  },
});

/**
 * The key-value backend for `openRegistry`: `key-value://10.0.0.1:6379?prefix=prod`, `{ backend: 'key-value', … }`, or
 * variables such as `ROLLCALL_ADDRESS`.
 * @param dial stands in for a client library: what gives a connection to an address, and connects when it is first used (B2)
 */
export function keyValueBackend(
  dial: (address: string) => KeyValueConnection,
): BackendDefinition<'key-value', CheckedKeyValueOptions> {
  return {
    name: 'key-value',
    parse: (config) =>
      typeof config === 'string'
        ? optionsFromUrl(description, config, 'config')
        : checkOptions(description, config, 'config'),
    parseEnvironment: (environment, terms) => optionsFromEnvironment(description, environment, terms),
    open: ({ address, prefix }) => new KeyValueDriver(dial(address), prefix),
  };
}

/** E2: a user or a password in it is refused, and not shown. */
function hostAndPort(text: string, path: string): string {
  const { host, port = 6379 } = writtenAuthority(text, path, { wanted: 'host or host:port', isIpv6: isIPv6 });
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Nothing that Redis would take for a pattern. */
function plainName(text: string, path: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw fieldError(path, '1 to 64 letters, digits, -, _ and dots', text);
}
