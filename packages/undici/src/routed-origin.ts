import { fieldError } from '@rollcall/core/driver';

/** Where a service is called, as the URL parser writes it. */
export interface RoutedOrigin {
  /** `http://orders`: what `new URL('http://Orders/42').origin` is. */
  readonly origin: string;
  /** `orders`, `billing:8443`: what stands in the header Host. */
  readonly host: string;
  /** Which endpoints are called. */
  readonly schemes: 'http or https' | 'https';
}

/** A service and where its caller wants it. */
export interface WantedOrigin {
  /** How errors name it: `options.services[0]`. */
  readonly path: string;
  readonly service: string;
  readonly origin: string | undefined;
}

/** @throws TypeError for a name or an origin that does not do, and where two services meet, naming both */
export function originsOf<Wanted extends WantedOrigin>(
  all: readonly Wanted[],
): readonly (Wanted & { readonly at: RoutedOrigin })[] {
  const taken = new Map<string, WantedOrigin>();
  return all.map((one) => {
    const at = one.origin === undefined ? originOfName(one) : originAsGiven(one.origin, `${one.path}.origin`);
    const former = taken.get(at.origin);
    if (former !== undefined) throw meeting(at.origin, former, one);
    taken.set(at.origin, one);
    return { ...one, at };
  });
}

/** Everything that a dispatcher may be given for a request to it. */
export function spellingsOf({ origin }: RoutedOrigin): readonly string[] {
  return [origin, `${origin}/`];
}

function originOfName({ path, service }: WantedOrigin): RoutedOrigin {
  const url = /[:/\\?#@]/.test(service) ? undefined : parsed(`http://${service}/`);
  if (url === undefined)
    throw fieldError(
      path,
      'a name that is a host, for http://name/; give any other an origin, as in { service, origin: "http://orders" }',
      service,
    );
  return routed(url);
}

function originAsGiven(origin: string, path: string): RoutedOrigin {
  const url = parsed(origin);
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (!isOrigin)
    throw fieldError(path, 'an origin such as "http://orders", of http or https and without a path', origin);
  return routed(url);
}

function routed({ origin, host, protocol }: URL): RoutedOrigin {
  return { origin, host, schemes: protocol === 'https:' ? 'https' : 'http or https' };
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function meeting(origin: string, former: WantedOrigin, { path, service }: WantedOrigin): TypeError {
  const [one, other] = [JSON.stringify(former.service), JSON.stringify(service)];
  if (former.service === service)
    return new TypeError(`${path}: ${other} is called at ${origin} already: ${former.path}`);
  return new TypeError(
    `${path}: ${one} (${former.path}) and ${other} would both be called at ${origin}; give one of them an origin of its own`,
  );
}
