import {
  type CheckedTlsOptions,
  flag,
  integer,
  milliseconds,
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
import { writtenAddress, type WrittenAddress } from './consul-address.ts';
import type { ConsulOptions } from './consul-options.ts';
import { consulPrefix } from './consul-prefix.ts';

/** The options of the Consul backend, each checked by itself, and all of them against the rules. */
export interface CheckedConsulOptions {
  readonly address: WrittenAddress;
  readonly token: Secret | undefined;
  readonly dc: string | undefined;
  readonly namespace: string | undefined;
  readonly partition: string | undefined;
  readonly prefix: string | undefined;
  readonly tls: CheckedTlsOptions | false | undefined;
  readonly stale: boolean;
  readonly waitMs: number;
  readonly maxPolls: number;
  readonly deregisterAfterMs: number;
  readonly dialTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** Whether TLS is spoken is said once: by the address or by `tls`, and by both alike. */
const oneWayToSpeak: Rule<CheckedConsulOptions> = {
  check({ checked: { address, tls }, pathOf }) {
    if (address?.scheme === 'http' && typeof tls === 'object')
      throw new TypeError(`${pathOf('address')}: http://, but ${pathOf('tls')} is on; write https://, or leave it out`);
    if (address?.scheme === 'https' && tls === false)
      throw new TypeError(`${pathOf('tls')}: false, but ${pathOf('address')} has https://`);
  },
};

/** W7: longest silence of a connection. */
const mostSilentMs = 20_000;

/** How long nothing need be heard of a poll that is well: Consul adds up to a sixteenth to the wait. */
const silenceIsNoticed: Rule<CheckedConsulOptions> = {
  check({ checked: { waitMs = 0, requestTimeoutMs = 0 }, pathOf }) {
    const silentMs = waitMs + waitMs / 16 + requestTimeoutMs;
    if (silentMs <= mostSilentMs) return;
    // No wait that is allowed is too much by itself.
    throw new TypeError(
      `${pathOf('requestTimeoutMs')}: expected 17/16 of ${pathOf('waitMs')} and ${pathOf('requestTimeoutMs')} to be at most ${mostSilentMs} together, got ${silentMs}`,
    );
  },
};

/** The one description that the object, the URL, the environment and the table in the docs follow from. */
export const consulDescription: OptionsDescription<ConsulOptions, CheckedConsulOptions> = optionsDescription<
  ConsulOptions,
  CheckedConsulOptions
>({
  url: { scheme: 'consul', hosts: 'address' },
  fields: {
    address: withDefault(
      parsed({ type: 'host[:port], http://…, https://… or unix:/path', parse: writtenAddress }),
      '127.0.0.1:8500',
      'The agent, best the one on the same machine. The port is 8500 if there is none, 8501 for `https://`, which turns TLS on.',
    ),
    token: optional(secret(), 'ACL token. It is read again when Consul refuses it.'),
    dc: optional(text(), "Datacenter to read from, if it is not the agent's own."),
    namespace: optional(text(), 'Namespace, where the servers know them.'),
    partition: optional(text(), 'Admin partition, where the servers know them.'),
    prefix: optional(
      parsed({ type: 'letters, digits, - _ : .', parse: consulPrefix }),
      "What Consul's names of the services begin with, such as `prod-`.",
    ),
    tls: tlsGroup('TLS. Any of its options, or an address with `https://`, turns it on.'),
    stale: withDefault(
      flag(),
      false,
      'Whether lists and watches may be answered by any server. Gives up R1 and D1: they may be late.',
    ),
    waitMs: withDefault(
      milliseconds({ min: 1_000, max: 16_000 }),
      15_000,
      'How long a poll of a watched service may wait for a change.',
    ),
    maxPolls: withDefault(
      integer({ min: 1, max: 10_000 }),
      100,
      'How many polls may be open at once. With more watched services, one poll tells which of them to read again.',
    ),
    deregisterAfterMs: withDefault(
      milliseconds({ min: 60_000, max: 2_592_000_000 }),
      60_000,
      'How long Consul keeps a service whose lease has run out, unseen by readers.',
    ),
    dialTimeoutMs: withDefault(milliseconds({ min: 1, max: 3_600_000 }), 2_000, 'How long connecting may take.'),
    requestTimeoutMs: withDefault(
      milliseconds({ min: 1, max: 3_600_000 }),
      3_000,
      'How long one request may wait for its answer, and for each next part of it.',
    ),
  },
  rules: [together('tls.cert', 'tls.key'), oneWayToSpeak, silenceIsNoticed],
});
