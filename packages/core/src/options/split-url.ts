import { pathError } from '../instance/field-error.ts';
import type { Problems } from './problems.ts';

/** A URL in its parts. None is percent-decoded. */
export interface UrlParts {
  /** Empty if there are none. */
  readonly hosts: string;
  /** With the slash in front of it; empty if there is none. */
  readonly path: string;
  /** In the order in which they stand. */
  readonly query: readonly QueryPart[];
}

/** `key=value` of a query. */
export interface QueryPart {
  readonly key: string;
  readonly value: string;
}

/**
 * `scheme:` or `scheme://[host[,host…]][/path][?key=value[&…]]`, split by hand: several hosts are no WHATWG URL.
 * Nothing of the URL is in a message, since credentials may stand in the wrong place (E2).
 * @throws TypeError for another scheme, and for an `@`, behind which nothing can be told apart any more
 */
export function splitUrl(url: string, scheme: string, path: string, problems: Problems): UrlParts {
  const [, ownScheme, rest = ''] = /^([^:]*):(?:\/\/(.*))?$/s.exec(url) ?? [];
  if (ownScheme?.toLowerCase() !== scheme) throw pathError(path, `expected a URL of the form ${scheme}://host:port`);
  if (rest.includes('@')) {
    throw pathError(
      path,
      'expected a URL without a user part, got an @ in it (not shown); write ?user=…&password=env:NAME, and %40 for an @ elsewhere',
    );
  }
  const [beforeFragment, fragment] = splitAt(rest, '#');
  if (fragment !== undefined)
    problems.add(pathError(path, 'expected a URL without a fragment, got one with it (not shown); write %23 for a #'));
  const [beforeQuery, query] = splitAt(beforeFragment, '?');
  const [hosts, ownPath] = splitAt(beforeQuery, '/');
  return {
    hosts,
    path: ownPath === undefined ? '' : `/${ownPath}`,
    query: query === undefined || query === '' ? [] : queryParts(query, path, problems),
  };
}

function queryParts(query: string, path: string, problems: Problems): readonly QueryPart[] {
  return query.split('&').flatMap((part, index) => {
    const [key, value] = splitAt(part, '=');
    if (key !== '' && value !== undefined) return [{ key, value }];
    problems.add(
      pathError(path, `expected key=value as part ${index + 1} of the query, got something else (not shown)`),
    );
    return [];
  });
}

/** `undefined` behind it if `mark` is not in it. */
function splitAt(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** @throws TypeError that names `path` and shows nothing of the text */
export function percentDecoded(text: string, path: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw pathError(path, 'expected percent-escapes of UTF-8, got a malformed one (not shown); write %25 for a %');
  }
}
