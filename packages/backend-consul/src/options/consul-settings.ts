import type { Secret } from '@rollcall/core/driver';
import type { ConsulAddress } from './consul-address.ts';

/** The options of the Consul backend, checked, with their defaults. Secrets are read when they are needed, and shown by nothing (B2, E2). */
export interface ConsulSettings {
  readonly address: ConsulAddress;
  readonly token: Secret | undefined;
  /** Sent with every request: datacenter, namespace, partition. */
  readonly query: Readonly<Record<string, string>>;
  /** `undefined`: none. It is there if and only if the origin is `https:`. */
  readonly tls: ConsulTls | undefined;
  /** May be empty. */
  readonly prefix: string;
  readonly stale: boolean;
  readonly waitMs: number;
  readonly maxPolls: number;
  readonly deregisterAfterMs: number;
  readonly dialTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** How TLS is spoken. Everything in it is PEM. */
export interface ConsulTls {
  /** `undefined`: those of Node.js. */
  readonly ca: Secret | undefined;
  /** What the client shows, if anything. */
  readonly client: ClientCertificate | undefined;
  /** `undefined`: the host of the address. */
  readonly serverName: string | undefined;
}

interface ClientCertificate {
  readonly cert: Secret;
  readonly key: Secret;
}
