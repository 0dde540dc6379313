import type { Endpoint } from './endpoint.ts';
import type { ServiceInstance } from './instance.ts';

/**
 * Whether two instances are equal in every field: endpoints in their order, metadata as a set of pairs, an absent field
 * and `undefined` alike. What watches call a real difference (W2, W5).
 */
export function sameInstance(a: ServiceInstance, b: ServiceInstance): boolean {
  if (a === b) return true;
  return (
    a.id === b.id &&
    a.service === b.service &&
    a.status === b.status &&
    a.weight === b.weight &&
    a.env === b.env &&
    a.region === b.region &&
    a.zone === b.zone &&
    a.deployment === b.deployment &&
    a.version === b.version &&
    a.frameworkVersion === b.frameworkVersion &&
    a.buildTime === b.buildTime &&
    a.startTime === b.startTime &&
    sameEndpoints(a.endpoints, b.endpoints) &&
    sameMetadata(a.metadata, b.metadata)
  );
}

function sameEndpoints(a: readonly Endpoint[], b: readonly Endpoint[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((endpoint, index) => sameEndpoint(endpoint, b[index]));
}

function sameEndpoint(a: Endpoint, b: Endpoint | undefined): boolean {
  return a === b || (a.host === b?.host && a.port === b.port && a.scheme === b.scheme);
}

function sameMetadata(a: ServiceInstance['metadata'], b: ServiceInstance['metadata']): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
