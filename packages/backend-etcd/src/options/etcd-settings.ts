import type { NonEmptyList, Secret } from '@rollcall/core/driver';
import type { EtcdEndpoint } from './etcd-endpoint.ts';

/** The options of the etcd backend, checked, with their defaults. Secrets are read when connecting, and shown by nothing (B2, E2). */
export interface EtcdSettings {
  readonly endpoints: NonEmptyList<EtcdEndpoint>;
  /** Begins with a slash and does not end with one. */
  readonly prefix: string;
  readonly credentials: EtcdCredentials | undefined;
  /** `undefined`: none. It is there if and only if the endpoints are `secure`. */
  readonly tls: EtcdTls | undefined;
  readonly dialTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** 0 is never. */
  readonly syncIntervalMs: number;
}

/** Who logs in. */
export interface EtcdCredentials {
  readonly user: string;
  readonly password: Secret;
}

/** How TLS is spoken. */
export interface EtcdTls {
  /** PEM. `undefined`: those of Node.js. */
  readonly ca: Secret | undefined;
  /** What the client shows, if anything. */
  readonly client: EtcdClientCertificate | undefined;
  /** `undefined`: the host of the endpoint. */
  readonly serverName: string | undefined;
}

/** A certificate and its key, both PEM. */
interface EtcdClientCertificate {
  readonly cert: Secret;
  readonly key: Secret;
}

/** Where the cluster is, for messages: without credentials (E2). */
export function shownAddress({ endpoints }: EtcdSettings): string {
  return endpoints.map(({ address }) => address).join(',');
}
