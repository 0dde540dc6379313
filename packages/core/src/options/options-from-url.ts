import { pathError } from '../instance/field-error.ts';
import { checkGiven, type GivenOptions } from './check-given.ts';
import { listed, namedEntries } from './option-names.ts';
import type { OptionsDescription, UntypedDescription } from './options-description.ts';
import { Problems } from './problems.ts';
import { percentDecoded, type QueryPart, splitUrl, type UrlParts } from './split-url.ts';
import type { CheckContext } from './value-kind.ts';

/**
 * The checked options of a URL, `scheme:` or `scheme://[host[,host…]][/path][?key=value[&…]]`. All but the scheme
 * is percent-decoded; a `+` is a `+`. The path `/` is as good as none. Keys of groups have dots: `tls.ca=file:/etc/ca.pem`. A
 * secret is a reference, `env:NAME` or `file:/path`, never the secret itself.
 * @param path how errors name the URL: `config`. They name the parts `config.hosts`, `config.path` and `config?key`.
 * @throws TypeError that tells everything that is wrong (I6), without a trace of what may be a secret (E2)
 */
export function optionsFromUrl<Given, Checked>(
  description: OptionsDescription<Given, Checked>,
  url: string,
  path: string,
  context: CheckContext = {},
): Checked {
  const problems = new Problems();
  return checkGiven(description, givenInUrl(description, url, path, problems), problems, context);
}

/** What stands in a URL. `problems` gets whatever is no option. @throws TypeError if it cannot be told apart at all */
export function givenInUrl(
  description: UntypedDescription,
  url: string,
  path: string,
  problems: Problems,
): GivenOptions {
  const parts = splitUrl(url, description.url.scheme, path, problems);
  const texts = new Map<string, string>();
  readHostsAndPath(texts, description, parts, { path, problems });
  readQuery(texts, description, parts.query, { path, problems });
  const pathOf = (name: string): string => pathInUrl(name, description, path);
  return {
    has: (name) => texts.has(name),
    pathOf,
    valueOf(name, kind) {
      const own = pathOf(name);
      return kind.fromText(percentDecoded(texts.get(name) ?? '', own), own, 'url');
    },
  };
}

/** Where an option stands in a URL: `hosts`, `path`, or the key of the query. */
export function urlPartOf(name: string, { url }: UntypedDescription): 'hosts' | 'path' | 'query' {
  if (name === url.hosts) return 'hosts';
  return name === url.path ? 'path' : 'query';
}

interface Reading {
  readonly path: string;
  readonly problems: Problems;
}

function pathInUrl(name: string, description: UntypedDescription, path: string): string {
  const part = urlPartOf(name, description);
  return part === 'query' ? `${path}?${name}` : `${path}.${part}`;
}

function readHostsAndPath(
  texts: Map<string, string>,
  description: UntypedDescription,
  { hosts, path: ownPath }: UrlParts,
  { path, problems }: Reading,
): void {
  const { url } = description;
  if (hosts !== '') {
    if (url.hosts === undefined) problems.add(pathError(`${path}.hosts`, 'expected a URL without hosts, got some'));
    else texts.set(url.hosts, hosts);
  }
  if (ownPath === '' || ownPath === '/') return;
  if (url.path === undefined) problems.add(pathError(`${path}.path`, 'expected a URL without a path, got one with it'));
  else texts.set(url.path, ownPath);
}

function readQuery(
  texts: Map<string, string>,
  description: UntypedDescription,
  query: readonly QueryPart[],
  { path, problems }: Reading,
): void {
  const known = new Map(
    namedEntries(description.fields)
      .filter(({ name }) => urlPartOf(name, description) === 'query')
      .map(({ name, entry }) => [name, entry]),
  );
  const seen = new Set<string>();
  let isBehindSecret = false;
  for (const part of query) {
    const key = problems.attempt(() => percentDecoded(part.key, path));
    if (key === undefined) continue;
    const entry = known.get(key);
    if (entry === undefined) {
      const shownPath = isBehindSecret || !isName(key) ? `${path}?(not shown)` : `${path}?${key}`;
      problems.add(pathError(shownPath, `unknown key; known are ${listed(known.keys())}`));
      continue;
    }
    if (seen.has(key)) problems.add(pathError(`${path}?${key}`, 'given more than once'));
    seen.add(key);
    texts.set(key, part.value);
    // A secret with an & in it goes on in what looks like the next key.
    if (entry.is === 'field' && entry.kind.isSecret && !isReference(part.value)) isBehindSecret = true;
  }
}

/** Whether it says where a secret is, percent-encoded or not. */
function isReference(value: string): boolean {
  return /^(?:env|file)(?::|%3[Aa])/.test(value);
}

/** Nothing else looks like a key, but may be a piece of a secret. */
function isName(key: string): boolean {
  return /^[a-z][\w.-]{0,59}$/i.test(key);
}
