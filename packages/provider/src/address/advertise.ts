import { BlockList, isIP } from 'node:net';
import { type Endpoint, serviceInstance } from '@rollcall/core';
import { fieldError } from '@rollcall/core/driver';
import { hostKind } from './host-kind.ts';

/** A URL such as `http://10.0.0.5:8080`, or the parts in which it differs from where the server listens. */
export type Advertise = string | AdvertisedParts;

/** What others are told, part by part. At most one of `host`, `interface` and `network` may be given. */
export interface AdvertisedParts {
  /** What callers speak to it. @defaultValue the server's: `http`, `https` or `grpc` */
  readonly scheme?: string | undefined;
  /** A name or an IP address, IPv6 without brackets, as others reach this machine. @defaultValue chosen by rule */
  readonly host?: string | undefined;
  /** 1–65535, such as the one that is mapped to the server's. @defaultValue the one on which it listens */
  readonly port?: number | undefined;
  /** Name of the network interface whose address it shall be: `eth0`. @defaultValue any */
  readonly interface?: string | undefined;
  /** Network that the address shall be of: `10.0.0.0/8`. @defaultValue any */
  readonly network?: string | undefined;
}

/** The same, checked. What is `undefined` is found out when the server listens. */
export interface AdvertiseTerms {
  readonly scheme: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly interface: string | undefined;
  readonly network: Network | undefined;
}

/** A network, and how it was written. */
interface Network {
  readonly text: string;
  readonly addresses: BlockList;
}

const path = 'options.advertise';
const wanted = 'a URL such as "http://10.0.0.5:8080", or an object of its parts';
const partKeys = ['scheme', 'host', 'port', 'interface', 'network'];
const places = ['host', 'interface', 'network'];
const examples = {
  scheme: 'a scheme such as "http"',
  host: 'a host name or an IP address',
  interface: 'the name of a network interface such as "eth0"',
};

/** @throws TypeError that names the part, what was expected and what came */
export function advertiseTerms(value: unknown): AdvertiseTerms {
  if (typeof value === 'string')
    return reachable({ ...checkedEndpoint(value), interface: undefined, network: undefined });
  const given = partsOf(value);
  const scheme = textOf(given, 'scheme');
  const host = textOf(given, 'host');
  const port = portOf(given);
  // What is not known yet stands for itself, so that the rest can be checked.
  const checked = checkedEndpoint({ scheme: scheme ?? 'http', host: host ?? 'host', port: port ?? 1 });
  return reachable({
    scheme: scheme === undefined ? undefined : checked.scheme,
    host,
    port,
    interface: textOf(given, 'interface'),
    network: networkOf(given.get('network')),
  });
}

type Given = ReadonlyMap<string, unknown>;

function partsOf(value: unknown): Given {
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fieldError(path, wanted, value);
  const given = new Map<string, unknown>(Object.entries(value));
  for (const key of given.keys())
    if (!partKeys.includes(key)) throw new TypeError(`${path}.${key}: unknown key; known are ${partKeys.join(', ')}`);
  const [one, other] = places.filter((key) => given.get(key) !== undefined);
  if (other !== undefined) throw new TypeError(`${path}.${other}: given beside ${one}; choose one of the two`);
  return given;
}

function textOf(given: Given, key: 'scheme' | 'host' | 'interface'): string | undefined {
  const value = given.get(key);
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw fieldError(`${path}.${key}`, examples[key], value);
}

function portOf(given: Given): number | undefined {
  const port = given.get('port');
  if (port === undefined || typeof port === 'number') return port;
  throw fieldError(`${path}.port`, 'an integer from 1 to 65535', port);
}

/** Core checks endpoints of instances, and names them as such. */
function checkedEndpoint(endpoint: string | Endpoint): Endpoint {
  try {
    return serviceInstance({ service: 'advertised', endpoints: [endpoint] }).endpoints[0];
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new TypeError(cause.message.replace(/^endpoints\[0\]/, path), { cause });
  }
}

/** @throws TypeError for a host that nobody can connect to */
function reachable(terms: AdvertiseTerms): AdvertiseTerms {
  if (terms.host === undefined || hostKind(terms.host) !== 'unspecified') return terms;
  throw fieldError(`${path}.host`, 'an address that others can reach, and not that of all interfaces', terms.host);
}

function networkOf(value: unknown): Network | undefined {
  if (value === undefined) return undefined;
  const [, address = '', bits = ''] = typeof value === 'string' ? (/^([^/]+)\/(\d{1,3})$/.exec(value) ?? []) : [];
  const version = isIP(address);
  if (typeof value !== 'string' || version === 0 || Number(bits) > (version === 6 ? 128 : 32))
    throw fieldError(`${path}.network`, 'a network such as "10.0.0.0/8" or "fd00::/8"', value);
  const addresses = new BlockList();
  addresses.addSubnet(address, Number(bits), version === 6 ? 'ipv6' : 'ipv4');
  return { text: value, addresses };
}
