import type { SecretOption, TlsOptions } from '@rollcall/core/driver';

/** Options of the etcd backend, as a plain object. A key that holds `undefined` is as good as left out; an unknown one is refused. */
export interface EtcdOptions {
  /**
   * Members of the cluster: an array, or text with commas. Each is `host`, `host:port`, `http://host:port` or
   * `https://host:port`, with brackets around IPv6. The port is 2379 if there is none. `https://` turns TLS on, for all of them.
   * @defaultValue `'127.0.0.1:2379'`
   */
  readonly endpoints?: string | readonly string[] | undefined;
  /**
   * What every key begins with. It begins with a slash; those at its end are dropped.
   * @defaultValue `'/rollcall'`
   */
  readonly prefix?: string | undefined;
  /** Name of the etcd user. Goes with `password`. @defaultValue none: no authentication */
  readonly user?: string | undefined;
  /** Password of `user`: the text, `{ env: 'NAME' }` or `{ file: '/path' }`. @defaultValue none */
  readonly password?: SecretOption | undefined;
  /** TLS: `true` with the CAs of Node.js, or its options. @defaultValue off, unless an endpoint says `https://` */
  readonly tls?: boolean | TlsOptions | undefined;
  /** How long connecting to one endpoint may take before the next is tried, in milliseconds. @defaultValue 2_000 */
  readonly dialTimeoutMs?: number | undefined;
  /** How long one request may wait at one endpoint before it counts as failed there, in milliseconds. @defaultValue 3_000 */
  readonly requestTimeoutMs?: number | undefined;
  /** How often the list of members is read from the cluster, in milliseconds, at least 1_000. 0 is never. @defaultValue 0 */
  readonly syncIntervalMs?: number | undefined;
}
