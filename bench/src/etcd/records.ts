import type { ServiceInstanceInit } from '@rollcall/core';

/** Whatever is written by hand has an owner's token as long as the ones of core. */
const owner = 'b'.repeat(22);

/** A typical instance: what most services tell of themselves, in about 430 bytes. */
export function typicalInit(service: string, id: string, version: string = '4.17.2'): ServiceInstanceInit {
  return {
    service,
    id,
    endpoints: ['http://10.42.117.23:8080', 'grpc://10.42.117.23:9090'],
    env: 'production',
    region: 'eu-central-1',
    zone: 'eu-central-1b',
    deployment: 'blue',
    version,
    startTime: '2025-03-14T09:26:53.589Z',
    metadata: { team: 'checkout', commit: '9fceb02d0ae598e95dc970b74767f19372d61af8', shard: '17', tier: 'gold' },
  };
}

/** The bytes that stand under its key: written as by hand, with none of the checks of `register`. */
export function typicalRecord(service: string, id: string, version: string = '4.17.2'): Buffer {
  const endpoints = [
    { scheme: 'http', host: '10.42.117.23', port: 8080 },
    { scheme: 'grpc', host: '10.42.117.23', port: 9090 },
  ];
  const defaults = { status: 'up', weight: 100 };
  return Buffer.from(JSON.stringify({ v: 1, ...typicalInit(service, id, version), ...defaults, endpoints, owner }));
}

/** What every key begins with. */
export const prefix = '/bench';

/** Names here have nothing in them that would have to be escaped. */
export function keyOf(service: string, id: string): Buffer {
  return Buffer.from(`${prefix}/instances/${service}/${id}`);
}

/** All keys of a service. */
export function rangeOf(service: string): { readonly key: Buffer; readonly range_end: Buffer } {
  return { key: keyOf(service, ''), range_end: Buffer.from(`${prefix}/instances/${service}0`) };
}
