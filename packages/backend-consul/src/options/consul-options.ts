import type { SecretOption, TlsOptions } from '@rollcall/core/driver';

/** Options of the Consul backend, as a plain object. A key that holds `undefined` is as good as left out; an unknown one is refused. */
export interface ConsulOptions {
  /**
   * The agent to work with, best the one on the same machine: `host`, `host:port`, `http://host:port`, `https://host:port`, with brackets
   * around IPv6, or `unix:/path` for a socket. The port is 8500 if there is none, 8501 for `https://`.
   * @defaultValue `'127.0.0.1:8500'`
   */
  readonly address?: string | undefined;
  /** ACL token: the text, `{ env: 'NAME' }` or `{ file: '/path' }`. It is read again when Consul refuses it. @defaultValue none */
  readonly token?: SecretOption | undefined;
  /** Datacenter to read from, if it is not the agent's own. Entries are always registered at the agent. @defaultValue the agent's */
  readonly dc?: string | undefined;
  /** Namespace, where the servers know them (Consul Enterprise). @defaultValue the token's */
  readonly namespace?: string | undefined;
  /** Admin partition, where the servers know them (Consul Enterprise). @defaultValue the agent's */
  readonly partition?: string | undefined;
  /**
   * What Consul's names of the services begin with: it keeps two environments on one cluster apart. Letters, digits, `-`, `_`, `:` and dots.
   * @defaultValue none
   */
  readonly prefix?: string | undefined;
  /** TLS: `true` with the CAs of Node.js, or its options. @defaultValue off, unless the address says `https://` */
  readonly tls?: boolean | TlsOptions | undefined;
  /**
   * Whether `list` and watches may be answered by any server, not only through the leader. It relieves the leader of a large cluster, and
   * gives up R1 and D1: what is read may be late by as much as that server is behind. @defaultValue false
   */
  readonly stale?: boolean | undefined;
  /** How long a poll of a watched service may wait for a change, in milliseconds, 1_000 to 16_000. @defaultValue 15_000 */
  readonly waitMs?: number | undefined;
  /** How many polls may be open at once, one of them for all services beyond the others: it tells which to read again. @defaultValue 100 */
  readonly maxPolls?: number | undefined;
  /** How long Consul keeps a service whose lease has run out, unseen by readers, in milliseconds, at least 60_000. @defaultValue 60_000 */
  readonly deregisterAfterMs?: number | undefined;
  /** How long connecting may take, in milliseconds. @defaultValue 2_000 */
  readonly dialTimeoutMs?: number | undefined;
  /** How long one request may wait for its answer, and for each next part of it, in milliseconds. @defaultValue 3_000 */
  readonly requestTimeoutMs?: number | undefined;
}
