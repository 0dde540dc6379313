import { isIPv6 } from 'node:net';
import { type AuthorityTerms, writtenAuthority } from '@rollcall/core/driver';

/** Where one member of the cluster is reached. */
export interface EtcdEndpoint {
  /** A name or an IP; IPv6 without brackets. */
  readonly host: string;
  /** 1–65535. */
  readonly port: number;
  /** Whether TLS is spoken. The same for all endpoints of a backend. */
  readonly secure: boolean;
  /** `host:port`, with IPv6 in brackets: `[::1]:2379`. */
  readonly address: string;
}

/** An endpoint as it was written: perhaps without saying whether TLS is spoken. */
export interface WrittenEndpoint {
  readonly scheme: 'http' | 'https' | undefined;
  readonly host: string;
  readonly port: number;
}

/** Where etcd listens for clients unless it is told otherwise. */
const defaultPort = 2379;

const terms: AuthorityTerms = {
  wanted: 'host, host:port, http://host:port or https://host:port, with brackets around IPv6',
  isIpv6: isIPv6,
};

/** Reads what `writtenAuthority` does; the port is 2379 if there is none. @throws TypeError that names `path` (I6, E2) */
export function writtenEndpoint(text: string, path: string): WrittenEndpoint {
  const { scheme, host, port = defaultPort } = writtenAuthority(text, path, terms);
  return { scheme, host, port };
}

/** The endpoint of a URL that a member tells of itself, or of anything that `writtenEndpoint` reads: TLS is spoken if it says `https://`. */
export function parseEtcdEndpoint(text: string, path: string = 'endpoint'): EtcdEndpoint {
  const written = writtenEndpoint(text, path);
  return endpointOver(written.scheme === 'https' ? 'tls' : 'plain', written);
}

/** The endpoint, now that it is known whether TLS is spoken. Frozen. */
export function endpointOver(tls: 'plain' | 'tls', { host, port }: WrittenEndpoint): EtcdEndpoint {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return Object.freeze({ host, port, secure: tls === 'tls', address });
}
