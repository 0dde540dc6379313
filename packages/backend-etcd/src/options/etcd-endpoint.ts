import { isIPv6 } from 'node:net';

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

const maxHostLength = 255;

const wanted = 'host, host:port, http://host:port or https://host:port, with brackets around IPv6';

/**
 * Reads `host`, `host:port`, `[IPv6]:port` and IPv6 alone, each also behind `http://` or `https://` (then IPv6 in brackets). The
 * port is 2379 if there is none. A slash at the end of a URL is ignored, since etcd itself tells its URLs with and without.
 * @throws TypeError that names `path` (I6). A path, a query and a user are refused, and not shown (E2).
 */
export function writtenEndpoint(text: string, path: string): WrittenEndpoint {
  const [, schemeText, rest = ''] = /^(?:([^:/?#@]*):\/\/)?(.*)$/s.exec(text) ?? [];
  if (rest.includes('@')) throw new TypeError(`${path}: expected ${wanted}, got one with a user part (not shown)`);
  const scheme = schemeText === undefined ? undefined : checkedScheme(schemeText, path);
  const authority = scheme === undefined ? rest : rest.replace(/\/$/, '');
  if (/[/\\?#]/.test(authority))
    throw new TypeError(`${path}: expected ${wanted}, got one with a path, a query or a fragment (not shown)`);
  if (scheme === undefined && isIPv6(authority)) return { scheme, host: authority, port: defaultPort };
  const [, inBrackets, bare, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(authority) ?? [];
  const host = inBrackets === undefined ? checkedName(bare, path) : checkedIpv6(inBrackets, path);
  return { scheme, host, port: portText === undefined ? defaultPort : checkedPort(portText, path) };
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

function checkedScheme(text: string, path: string): 'http' | 'https' {
  const scheme = text.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return scheme;
  throw new TypeError(`${path}: expected ${wanted}, got another scheme`);
}

function checkedName(text: string | undefined, path: string): string {
  if (text !== undefined && text.length <= maxHostLength && /^[^\s[\]%,\p{Control}]+$/u.test(text)) return text;
  throw new TypeError(`${path}: expected ${wanted}, got no such host (not shown)`);
}

function checkedIpv6(text: string, path: string): string {
  if (isIPv6(text)) return text;
  throw new TypeError(`${path}: expected an IPv6 address between the brackets`);
}

/** Only digits are shown: whatever else stands behind a colon may be a password (E2). */
function checkedPort(text: string, path: string): number {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const came = /^\d{1,10}$/.test(text) ? text : 'something else (not shown)';
  throw new TypeError(`${path}: expected a port from 1 to 65535, got ${came}`);
}
