import { pathError } from '../instance/field-error.ts';

/** Where a server is, as it was written: perhaps without saying how it is spoken to, and at which port. */
export interface WrittenAuthority {
  /** `undefined` if none was written, as for `port`. */
  readonly scheme: 'http' | 'https' | undefined;
  /** A name or an IP; IPv6 without brackets. */
  readonly host: string;
  /** 1–65535. */
  readonly port: number | undefined;
}

/** What reading it needs. */
export interface AuthorityTerms {
  /** For messages: `host, host:port or https://host:port`. */
  readonly wanted: string;
  /** Node's `isIPv6`: core has nothing of Node's. */
  readonly isIpv6: (text: string) => boolean;
}

const maxHostLength = 255;

/**
 * Reads `host`, `host:port`, `[IPv6]:port` and IPv6 alone, each also behind `http://` or `https://` (then IPv6 in brackets). A slash at
 * the end of a URL is ignored, since servers tell their own URLs with and without.
 * @throws TypeError that names `path` (I6). A path, a query and a user are refused, and not shown (E2).
 */
export function writtenAuthority(text: string, path: string, { wanted, isIpv6 }: AuthorityTerms): WrittenAuthority {
  const expected = `expected ${wanted}`;
  const [, schemeText, rest = ''] = /^(?:([^:/?#@]*):\/\/)?(.*)$/s.exec(text) ?? [];
  if (rest.includes('@')) throw pathError(path, `${expected}, got one with a user part (not shown)`);
  const scheme = schemeText?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    throw pathError(path, `${expected}, got another scheme`);
  const authority = scheme === undefined ? rest : rest.replace(/\/$/, '');
  if (/[/\\?#]/.test(authority))
    throw pathError(path, `${expected}, got one with a path, a query or a fragment (not shown)`);
  if (scheme === undefined && isIpv6(authority)) return { scheme, host: authority, port: undefined };
  const [, inBrackets, bare = '', portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(authority) ?? [];
  if (inBrackets !== undefined && !isIpv6(inBrackets))
    throw pathError(path, 'expected an IPv6 address between the brackets');
  if (inBrackets === undefined && !isName(bare)) throw pathError(path, `${expected}, got no such host (not shown)`);
  return { scheme, host: inBrackets ?? bare, port: portText === undefined ? undefined : checkedPort(portText, path) };
}

function isName(text: string): boolean {
  return text.length <= maxHostLength && /^[^\s[\]%,\p{Control}]+$/u.test(text);
}

/** Only digits are shown: whatever else stands behind a colon may be a password (E2). */
function checkedPort(text: string, path: string): number {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const came = /^\d{1,10}$/.test(text) ? text : 'something else (not shown)';
  throw pathError(path, `expected a port from 1 to 65535, got ${came}`);
}
