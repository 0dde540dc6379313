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

/** The fields that `metaOf` wrote, unchecked. @throws SyntaxError when the rest is no JSON; TypeError when it is no object */
export function fieldsOf(meta: ConsulMeta): Record<string, unknown> {
  const { weight, endpoints, status, ...rest } = restOf(meta);
  const fields: Record<string, unknown> = { ...rest };
  fields['status'] = meta['status'] ?? status;
  fields['weight'] = meta['weight'] === undefined ? weight : Number(meta['weight']);
  fields['endpoints'] = meta['endpoints'] === undefined ? endpoints : meta['endpoints'].split(' ').map(endpointFrom);
  for (const name of textFields) if (meta[name] !== undefined) fields[name] = meta[name];
  fields['metadata'] = metadataFrom(meta, rest['metadata']);
  return fields;
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

function restOf(meta: ConsulMeta): Record<string, unknown> {
  const found: string[] = [];
  for (let piece = meta[`${restPrefix}0`]; piece !== undefined; piece = meta[`${restPrefix}${found.length}`])
    found.push(piece);
  if (found.length === 0) return {};
  const rest: unknown = JSON.parse(found.join(''));
  if (typeof rest !== 'object' || rest === null) throw new TypeError(`${restPrefix}0 and on: expected an object`);
  return { ...rest };
}

function metadataFrom(meta: ConsulMeta, others: unknown): unknown {
  const pairs: [string, unknown][] = typeof others === 'object' && others !== null ? Object.entries(others) : [];
  for (const [key, value] of Object.entries(meta))
    if (key.startsWith(metadataPrefix)) pairs.push([key.slice(metadataPrefix.length), value]);
  return Object.fromEntries(pairs);
}

type Endpoint = ServiceInstance['endpoints'][number];

/** `scheme://host:port`, the host as it is: a port follows the last colon, and no host has a space. */
function endpointText({ scheme, host, port }: Endpoint): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What is no endpoint comes out as one that no check lets pass. */
function endpointFrom(text: string): Readonly<Record<string, unknown>> {
  const [, scheme, bracketed, host, port] = /^([^:]*):\/\/(?:\[(.*)\]|(.*)):(\d+)$/s.exec(text) ?? [];
  return { scheme, host: bracketed ?? host, port: Number(port) };
}
