import type { ServiceInstance } from '@rollcall/core/driver';

/** What Consul keeps beside a service: pairs of text, 64 at most. */
export type ConsulMeta = Readonly<Record<string, string>>;

/** What Consul takes: pairs, and UTF-8 bytes of one value. */
const limits = { pairs: 64, valueBytes: 512 };

/** Fields whose pair has the name of the field. Those of metadata begin with `meta-`. */
const textFields = [
  'env',
  'region',
  'zone',
  'deployment',
  'version',
  'frameworkVersion',
  'buildTime',
  'startTime',
] as const;

const metadataPrefix = 'meta-';
const restPrefix = 'rest-';

/** Of metadata: what Consul takes as a key behind the prefix. */
const plainKey = /^[\w-]{1,120}$/;

/**
 * An instance without its identity, as pairs that a person can read: `status`, `weight`, `endpoints`, and whatever else it has.
 * What does not fit Consul's limits, or has control characters, goes into `rest-0`, `rest-1`, … together: JSON, cut into pieces.
 * @param reserved how many pairs of the 64 the caller needs
 */
export function metaOf(instance: ServiceInstance, reserved: number): ConsulMeta {
  const readable = split(instance, isReadablePair);
  const isTooMuch = Object.keys(readable).length > limits.pairs - reserved;
  return isTooMuch ? split(instance, () => false) : readable;
}

/** The record that `metaOf` wrote, unchecked, with whose it is. @throws SyntaxError when the rest is no JSON; TypeError when it is no object */
export function recordOf(meta: ConsulMeta, { service, id }: Identity): Readonly<Record<string, unknown>> {
  // Written out: records of one form are read much faster, and this is most of what a list costs beyond JSON.parse.
  const readable = {
    v: 1,
    service,
    id,
    endpoints: meta['endpoints'] === undefined ? undefined : endpointsFrom(meta['endpoints']),
    status: meta['status'],
    weight: meta['weight'] === undefined ? undefined : Number(meta['weight']),
    env: meta['env'],
    region: meta['region'],
    zone: meta['zone'],
    deployment: meta['deployment'],
    version: meta['version'],
    frameworkVersion: meta['frameworkVersion'],
    buildTime: meta['buildTime'],
    startTime: meta['startTime'],
    metadata: metadataIn(meta),
  };
  return meta[`${restPrefix}0`] === undefined ? readable : withRest(readable, restOf(meta));
}

interface Identity {
  readonly service: string;
  readonly id: string;
}

interface ReadableRecord extends Readonly<Record<string, unknown>> {
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is readable by itself wins, but for metadata, of which each has its own. */
function withRest(
  readable: ReadableRecord,
  rest: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const given = Object.fromEntries(Object.entries(readable).filter(([, value]) => value !== undefined));
  const others = rest['metadata'];
  const more = typeof others === 'object' && others !== null ? Object.entries(others) : [];
  return { ...rest, ...given, metadata: Object.fromEntries([...Object.entries(readable.metadata), ...more]) };
}

type IsReadable = (key: string, value: string) => boolean;

function split(instance: ServiceInstance, isReadable: IsReadable): ConsulMeta {
  const meta: Record<string, string> = { status: instance.status, weight: String(instance.weight) };
  const rest: Record<string, unknown> = {};
  const endpoints = instance.endpoints.map(endpointText).join(' ');
  if (isReadablePair('endpoints', endpoints)) meta['endpoints'] = endpoints;
  else rest['endpoints'] = instance.endpoints;
  for (const name of textFields) {
    const value = instance[name];
    if (value === undefined) continue;
    if (isReadablePair(name, value)) meta[name] = value;
    else rest[name] = value;
  }
  const others: [string, string][] = [];
  for (const [key, value] of Object.entries(instance.metadata)) {
    if (plainKey.test(key) && isReadable(key, value)) meta[`${metadataPrefix}${key}`] = value;
    else others.push([key, value]);
  }
  if (others.length > 0) rest['metadata'] = Object.fromEntries(others);
  if (Object.keys(rest).length === 0) return meta;
  for (const [index, piece] of pieces(JSON.stringify(rest)).entries()) meta[`${restPrefix}${index}`] = piece;
  return meta;
}

/** Whether Consul takes it as it is, and shows it as it is. */
function isReadablePair(_: string, value: string): boolean {
  return Buffer.byteLength(value) <= limits.valueBytes && !/\p{Control}/u.test(value);
}

/** Text in pieces that Consul takes, cut between characters. */
function pieces(text: string): readonly string[] {
  const found: string[] = [];
  let piece = '';
  let bytes = 0;
  for (const character of text) {
    const more = Buffer.byteLength(character);
    if (bytes + more > limits.valueBytes) {
      found.push(piece);
      piece = '';
      bytes = 0;
    }
    piece += character;
    bytes += more;
  }
  return [...found, piece];
}

function restOf(meta: ConsulMeta): Readonly<Record<string, unknown>> {
  const found: string[] = [];
  for (let piece = meta[`${restPrefix}0`]; piece !== undefined; piece = meta[`${restPrefix}${found.length}`])
    found.push(piece);
  const rest: unknown = JSON.parse(found.join(''));
  if (typeof rest !== 'object' || rest === null) throw new TypeError(`${restPrefix}0 and on: expected an object`);
  return { ...rest };
}

function metadataIn(meta: ConsulMeta): Record<string, string> {
  const metadata: Record<string, string> = {};
  // Not Object.entries: this is done for every record of every list.
  for (const key in meta) {
    const value = key.startsWith(metadataPrefix) && Object.hasOwn(meta, key) ? meta[key] : undefined;
    if (value === undefined) continue;
    const name = key.slice(metadataPrefix.length);
    // Assigned, it would be something else than a pair.
    if (name === '__proto__') Object.defineProperty(metadata, name, { value, enumerable: true, writable: true });
    else metadata[name] = value;
  }
  return metadata;
}

type Endpoint = ServiceInstance['endpoints'][number];

/** `scheme://host:port`, the host as it is: a port follows the last colon, and no host has a space. */
function endpointText({ scheme, host, port }: Endpoint): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

type UncheckedEndpoint = Readonly<Record<keyof Endpoint, unknown>>;

function endpointsFrom(text: string): readonly UncheckedEndpoint[] {
  return text.includes(' ') ? text.split(' ').map(endpointFrom) : [endpointFrom(text)];
}

/** What is no endpoint comes out as one that no check lets pass. */
function endpointFrom(text: string): UncheckedEndpoint {
  const hostAt = text.indexOf('://') + 3;
  const portAt = text.lastIndexOf(':') + 1;
  if (hostAt < 3 || portAt <= hostAt) return { scheme: undefined, host: undefined, port: undefined };
  const scheme = text.slice(0, hostAt - 3);
  const host = text.slice(hostAt, portAt - 1);
  const isBracketed = host.startsWith('[') && host.endsWith(']');
  return { scheme, host: isBracketed ? host.slice(1, -1) : host, port: portFrom(text.slice(portAt)) };
}

function portFrom(text: string): number | undefined {
  const port = Number(text);
  return String(port) === text ? port : undefined;
}
