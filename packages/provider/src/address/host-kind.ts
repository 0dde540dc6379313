import { BlockList, isIP } from 'node:net';

/** What a host is good for: `unspecified` is all interfaces, `loopback` this machine alone, `link-local` one wire. */
export type HostKind = 'unspecified' | 'loopback' | 'link-local' | 'other';

const unspecified = new BlockList();
unspecified.addAddress('0.0.0.0');
unspecified.addAddress('::', 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16);
linkLocal.addSubnet('fe80::', 10, 'ipv6');

/** By its look alone: no name is resolved. Also for IPv4 that is written as IPv6, `::ffff:127.0.0.1`. */
export function hostKind(host: string): HostKind {
  if (/^(.+\.)?localhost\.?$/i.test(host)) return 'loopback';
  const [address = host] = host.split('%');
  if (isIP(address) === 0) return 'other';
  if (isIn(unspecified, address)) return 'unspecified';
  if (isIn(loopback, address)) return 'loopback';
  return isIn(linkLocal, address) ? 'link-local' : 'other';
}

/** Whether an IP address is one of a network. */
export function isIn(network: BlockList, address: string): boolean {
  return network.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
