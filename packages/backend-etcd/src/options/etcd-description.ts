import {
  type CheckedTlsOptions,
  listOf,
  milliseconds,
  type NonEmptyList,
  optional,
  optionsDescription,
  type OptionsDescription,
  parsed,
  type Rule,
  type Secret,
  secret,
  text,
  tlsGroup,
  together,
  withDefault,
} from '@rollcall/core/driver';
import { writtenEndpoint, type WrittenEndpoint } from './etcd-endpoint.ts';
import type { EtcdOptions } from './etcd-options.ts';
import { etcdPrefix } from './etcd-prefix.ts';

/** The options of the etcd backend, each checked by itself, and all of them against the rules. */
export interface CheckedEtcdOptions {
  readonly endpoints: NonEmptyList<WrittenEndpoint>;
  readonly prefix: string;
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  readonly tls: CheckedTlsOptions | false | undefined;
  readonly dialTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly syncIntervalMs: number;
}

/** Whether TLS is spoken is said once: by the endpoints or by `tls`, and by both alike. */
const oneWayToSpeak: Rule<CheckedEtcdOptions> = {
  check({ checked: { endpoints = [], tls }, pathOf }) {
    const schemes = new Set(endpoints.map(({ scheme }) => scheme));
    if (schemes.has('http') && schemes.has('https'))
      throw new TypeError(`${pathOf('endpoints')}: expected http:// or https:// for all, got both`);
    if (schemes.has('http') && typeof tls === 'object')
      throw new TypeError(
        `${pathOf('endpoints')}: http://, but ${pathOf('tls')} is on; write https://, or leave it out`,
      );
    if (schemes.has('https') && tls === false)
      throw new TypeError(`${pathOf('tls')}: false, but ${pathOf('endpoints')} has https://`);
  },
};

/** The one description that the object, the URL, the environment and the table in the docs follow from. */
export const etcdDescription: OptionsDescription<EtcdOptions, CheckedEtcdOptions> = optionsDescription<
  EtcdOptions,
  CheckedEtcdOptions
>({
  url: { scheme: 'etcd', hosts: 'endpoints', path: 'prefix' },
  fields: {
    endpoints: withDefault(
      listOf({ type: 'host[:port], http://… or https://…', parse: writtenEndpoint }),
      '127.0.0.1:2379',
      'Members of the cluster. The port is 2379 if there is none. `https://` turns TLS on, for all of them.',
    ),
    prefix: withDefault(
      parsed({ type: 'text that begins with a slash', parse: etcdPrefix }),
      '/rollcall',
      'What every key begins with. Slashes at its end are dropped.',
    ),
    user: optional(text(), 'Name of the etcd user. Goes with `password`.'),
    password: optional(secret(), 'Password of `user`.'),
    tls: tlsGroup('TLS. Any of its options, or an endpoint with `https://`, turns it on.'),
    dialTimeoutMs: withDefault(
      milliseconds({ min: 1, max: 3_600_000 }),
      2_000,
      'How long connecting to one endpoint may take before the next is tried.',
    ),
    requestTimeoutMs: withDefault(
      milliseconds({ min: 1, max: 3_600_000 }),
      3_000,
      'How long one request may wait at one endpoint before it counts as failed there.',
    ),
    syncIntervalMs: withDefault(
      milliseconds({ min: 1_000, max: 86_400_000, zero: 'never' }),
      0,
      'How often the list of members is read from the cluster.',
    ),
  },
  rules: [together('user', 'password'), together('tls.cert', 'tls.key'), oneWayToSpeak],
});
