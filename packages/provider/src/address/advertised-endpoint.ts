import type { NetworkInterfaceInfo } from 'node:os';
import type { Endpoint } from '@rollcall/core';
import { ProviderError } from '../provider-error.ts';
import type { ListeningAddress } from '../servers/provided-server.ts';
import type { AdvertiseTerms } from './advertise.ts';
import { hostKind, isIn } from './host-kind.ts';

/** The addresses of this machine, by interface: what `os.networkInterfaces` gives. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** One address of this machine. */
interface OwnAddress {
  readonly interface: string;
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly internal: boolean;
}

/**
 * What others are told: what `terms` name, and the rest from where the server listens. A server on all interfaces gets the
 * address that is neither loopback nor link-local, IPv4 before IPv6; the first, if one interface has several.
 * @throws ProviderError `ADDRESS_UNUSABLE` when there is none, when several interfaces have one, or when it were loopback
 * for a server that others can reach elsewhere
 */
export function advertisedEndpoint(at: ListeningAddress, terms: AdvertiseTerms, interfaces: Interfaces): Endpoint {
  if (at.type === 'pipe') return endpointBeforePipe(at, terms);
  const host = terms.host ?? ownHost(at.host, terms, interfaces);
  if (hostKind(host) === 'loopback' && hostKind(at.host) !== 'loopback')
    throw unusable(
      `${host} is this machine alone, and the server listens on ${at.host}; advertise an address that others can reach, or listen on 127.0.0.1 while you develop`,
    );
  return { scheme: terms.scheme ?? at.scheme, host, port: terms.port ?? at.port };
}

function endpointBeforePipe(at: ListeningAddress & { readonly type: 'pipe' }, terms: AdvertiseTerms): Endpoint {
  const { scheme = at.scheme, host, port } = terms;
  if (host !== undefined && port !== undefined) return { scheme, host, port };
  throw unusable(
    `the server listens on ${at.path}, which has none; listen on a port, or name in options.advertise the host and port of what stands in front of it`,
  );
}

function ownHost(listening: string, terms: AdvertiseTerms, interfaces: Interfaces): string {
  const isOnAll = hostKind(listening) === 'unspecified';
  const isFree = terms.interface === undefined && terms.network === undefined;
  if (!isOnAll && isFree) return listening;
  const own = ownAddresses(interfaces);
  const served = isOnAll
    ? own.filter((one) => isServed(one, listening))
    : own.filter((one) => one.address === listening);
  const fitting = served.filter((one) => fits(one, terms));
  const ofFirstFamily = fitting.filter(({ family }) => family === 'IPv4');
  const candidates = ofFirstFamily.length > 0 ? ofFirstFamily : fitting;
  const [first] = candidates;
  if (first === undefined)
    throw unusable(
      `the server listens on ${listening}, and ${asked(terms)} (there are ${shown(own)}); name one in options.advertise`,
    );
  if (candidates.some((one) => one.interface !== first.interface))
    throw unusable(
      `the server listens on ${listening}, and several interfaces have one: ${shown(candidates)}; choose in options.advertise, such as { interface: '${first.interface}' }`,
    );
  return first.address;
}

function ownAddresses(interfaces: Interfaces): readonly OwnAddress[] {
  return Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses.map(({ address, family, internal }) => ({ interface: name, address, family, internal })),
  );
}

/** `0.0.0.0` takes IPv4 alone, `::` both unless it was told otherwise. */
function isServed({ address, family, internal }: OwnAddress, listening: string): boolean {
  return !internal && hostKind(address) === 'other' && (listening !== '0.0.0.0' || family === 'IPv4');
}

function fits(one: OwnAddress, { interface: name, network }: AdvertiseTerms): boolean {
  return (
    (name === undefined || name === one.interface) && (network === undefined || isIn(network.addresses, one.address))
  );
}

function asked({ interface: name, network }: AdvertiseTerms): string {
  if (name !== undefined) return `interface ${name} has none on which it can be reached`;
  if (network !== undefined) return `network ${network.text} has none on which it can be reached`;
  return 'no interface has one that others can reach';
}

function shown(addresses: readonly OwnAddress[]): string {
  return addresses.map((one) => `${one.interface} ${one.address}`).join(', ') || 'none';
}

function unusable(why: string): ProviderError {
  return new ProviderError('ADDRESS_UNUSABLE', `There is no address to advertise: ${why}.`);
}
