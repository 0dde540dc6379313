import type { ServiceInstanceInit } from '@rollcall/core';

/** Whatever is written by hand has an owner's token as long as the ones of core. */
export const typicalOwner: string = 'b'.repeat(22);

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
