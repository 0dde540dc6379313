import { isIPv6 } from 'node:net';
import { type AuthorityTerms, type WrittenAuthority, writtenAuthority } from '@rollcall/core/driver';

/** Where the agent is reached. */
export interface ConsulAddress {
  /** `http://127.0.0.1:8500`, as requests have it. */
  readonly origin: string;
  /** The socket that is connected to instead of the origin's host. */
  readonly socketPath: string | undefined;
  /** As messages show it: the origin, or `unix:/path`. */
  readonly shown: string;
}

/** An address as it was written: perhaps without saying whether TLS is spoken. */
export interface WrittenAddress extends Omit<WrittenAuthority, 'scheme'> {
  /** Of a Unix socket `host` is the path. */
  readonly scheme: WrittenAuthority['scheme'] | 'unix';
}

/** Where Consul listens for clients unless it is told otherwise. */
const defaultPorts = { http: 8500, https: 8501 };

const terms: AuthorityTerms = {
  wanted: 'host, host:port, http://host:port, https://host:port (brackets around IPv6) or unix:/path',
  isIpv6: isIPv6,
};

/** Reads what `writtenAuthority` does, and `unix:/path` or `unix:///path`. @throws TypeError that names `path` (I6, E2) */
export function writtenAddress(text: string, path: string): WrittenAddress {
  const [, socketPath] = /^unix:(?:\/\/)?(\/[^/].*)$/s.exec(text) ?? [];
  return socketPath === undefined
    ? writtenAuthority(text, path, terms)
    : { scheme: 'unix', host: socketPath, port: undefined };
}

/** The address, now that it is known whether TLS is spoken. Frozen. */
export function addressOver(tls: 'plain' | 'tls', { scheme, host, port }: WrittenAddress): ConsulAddress {
  const protocol = tls === 'tls' ? 'https' : 'http';
  if (scheme === 'unix')
    return Object.freeze({ origin: `${protocol}://localhost`, socketPath: host, shown: `unix:${host}` });
  const origin = `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port ?? defaultPorts[protocol]}`;
  return Object.freeze({ origin, socketPath: undefined, shown: origin });
}
