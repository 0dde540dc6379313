import { fieldError, pathError, shown } from './field-error.ts';
import { readObject } from './plain-data.ts';
import { type Fields, ownField, storedObject } from './stored-data.ts';
import { hasControlCharacter, hasLoneSurrogate, utf8Length } from './unicode.ts';

/** Where one protocol of an instance is reached. `host` is a name or an IP (IPv6 without brackets), `port` 1–65535. */
export interface Endpoint {
  /** Lower case (I3). */
  readonly scheme: string;
  /** As it was written: neither case nor anything else is changed. At most 255 UTF-8 bytes. */
  readonly host: string;
  /** 1–65535. */
  readonly port: number;
}

const maxHostBytes = 255;
/** What nearly every host is made of, so that one look is enough. */
const plainHost = /^[\w.-]{1,255}$/;
const endpointKeys = ['scheme', 'host', 'port'];
const endpointWanted = 'an endpoint, a URL such as "grpc://10.1.1.60:9081" or { scheme, host, port }';

/** Schemes whose URLs need no port (I3). */
const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
]);

/** What each character begins that ends the `host:port` of a URL. WHATWG parsers take a backslash for a slash. */
const trailingParts: ReadonlyMap<string, string> = new Map([
  ['/', 'path'],
  ['\\', 'path'],
  ['?', 'query'],
  ['#', 'fragment'],
]);

/**
 * A frozen endpoint from a URL or an object, checked (I3, I4). The scheme is lower-cased, the host kept byte for byte: the
 * URL is split by hand, since a URL parser would rewrite hosts and drop default ports.
 * @throws TypeError that names `path` and the part at fault (I6). What may be credentials is not in it (E2).
 */
export function endpointOf(input: unknown, path: string): Endpoint {
  if (typeof input === 'string') return endpointOfUrl(input, path);
  if (typeof input !== 'object' || input === null) throw fieldError(path, endpointWanted, input);
  return checkedEndpoint(Object.fromEntries(readObject(input, path, 'an endpoint', endpointKeys)), path);
}

/**
 * A frozen endpoint from a stored record: an object, whose unknown keys are ignored because a newer version may have
 * written them. Otherwise as `endpointOf`.
 * @throws TypeError that names `path` (I6)
 */
export function storedEndpoint(input: unknown, path: string): Endpoint {
  return checkedEndpoint(storedObject(input, path, 'an endpoint'), path);
}

/** `scheme://host:port`, with IPv6 in brackets: `http://[::1]:80`, ready for whoever takes a URL. */
export function endpointUrl(endpoint: Endpoint): string {
  return `${endpoint.scheme}://${endpointAddress(endpoint)}`;
}

/** `host:port`, with IPv6 in brackets: `[::1]:80` (I3). */
export function endpointAddress(endpoint: Endpoint): string {
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}

function checkedEndpoint(fields: Fields, path: string): Endpoint {
  const scheme = checkedScheme(ownField(fields, 'scheme'), `${path}.scheme`);
  const host = checkedHost(ownField(fields, 'host'), `${path}.host`);
  const port = ownField(fields, 'port');
  if (typeof port !== 'number' || !isPort(port)) {
    throw fieldError(`${path}.port`, 'an integer from 1 to 65535', port);
  }
  return Object.freeze({ scheme, host, port });
}

function checkedScheme(scheme: unknown, path: string): string {
  if (typeof scheme !== 'string' || !/^[a-z][a-z0-9+.-]*$/i.test(scheme)) {
    throw fieldError(path, 'a scheme such as "grpc": a letter, then letters, digits, "+", "." or "-"', scheme);
  }
  return scheme.toLowerCase();
}

function checkedHost(host: unknown, path: string): string {
  if (typeof host !== 'string' || host === '') throw fieldError(path, 'a host name or an IP address', host);
  if (plainHost.test(host)) return host;
  if (host.includes('@')) throw pathError(path, 'expected a host without a user part, got one with it (not shown)');
  if (hasLoneSurrogate(host)) throw fieldError(path, 'a host without lone surrogates', host);
  if (hasControlCharacter(host)) throw fieldError(path, 'a host without control characters', host);
  if (/[[\]]/.test(host)) throw fieldError(path, 'a host without brackets, also if it is IPv6', host);
  if (/[\s/?#\\]/u.test(host)) throw fieldError(path, 'a host without whitespace and any of / ? # \\', host);
  if (host.includes(':') && !isLikeIpv6(host)) throw fieldError(path, 'a host name or IP without a port', host);
  const bytes = utf8Length(host);
  if (bytes > maxHostBytes) throw fieldError(path, `at most ${maxHostBytes} UTF-8 bytes and not ${bytes}`, host);
  return host;
}

/** Two colons at least, so that `10.0.0.1:80` is none. */
function isLikeIpv6(host: string): boolean {
  return /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*(?:%.+)?$/i.test(host);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function endpointOfUrl(url: string, path: string): Endpoint {
  const [, schemeText, rest] = /^([^:/?#@]*):\/\/(.*)$/s.exec(url) ?? [];
  if (schemeText === undefined || rest === undefined) throw fieldError(path, endpointWanted, url);
  const scheme = checkedScheme(schemeText, `${path}.scheme`);

  const end = rest.search(/[/\\?#]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const trailing = end === -1 ? undefined : trailingParts.get(rest.charAt(end));
  // A password with a slash in it puts the '@' behind the authority, hence the look at the whole.
  const instead = (): string => (rest.includes('@') ? `${scheme}://host:port` : shown(`${scheme}://${authority}`));
  if (authority.includes('@')) {
    throw pathError(path, `expected a URL without a user part, got one with it (not shown); write ${instead()}`);
  }
  if (trailing !== undefined) {
    throw pathError(path, `expected a URL without a ${trailing}, got one with it; write ${instead()}`);
  }

  const { hostText, portText } = splitAuthority(authority, path);
  const host = checkedHost(hostText, `${path}.host`);
  const port = portText === undefined ? defaultPort(scheme, path, authority) : checkedPort(portText, path);
  return Object.freeze({ scheme, host, port });
}

interface Authority {
  readonly hostText: string;
  /** Absent if there is no colon, empty if nothing follows it. */
  readonly portText: string | undefined;
}

/** `authority` holds no '@' any more: it may be shown. */
function splitAuthority(authority: string, path: string): Authority {
  const [, inBrackets, bare, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/s.exec(authority) ?? [];
  const isIpv6 = inBrackets !== undefined && isLikeIpv6(inBrackets);
  const hostText = isIpv6 ? inBrackets : bare;
  if (hostText === undefined) {
    throw fieldError(`${path}.host`, 'host:port, with brackets around IPv6 and nothing else', authority);
  }
  return { hostText, portText };
}

function defaultPort(scheme: string, path: string, authority: string): number {
  const port = defaultPorts.get(scheme);
  if (port === undefined) {
    throw fieldError(`${path}.port`, `a port, as in ${scheme}://host:port`, `${scheme}://${authority}`);
  }
  return port;
}

function checkedPort(text: string, path: string): number {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  if (!isPort(port)) throw fieldError(`${path}.port`, 'an integer from 1 to 65535 without leading zeros', text);
  return port;
}
