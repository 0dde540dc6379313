import type { Filter } from '@rollcall/balancer';
import type { Endpoint, ServiceInstance } from '@rollcall/core';
import type { RoutedOrigin } from '../routed-origin.ts';

/** The endpoint of an instance that is called: the first one that fits. */
export function callEndpoint({ endpoints }: ServiceInstance, schemes: RoutedOrigin['schemes']): Endpoint | undefined {
  return endpoints.find(({ scheme }) => scheme === 'https' || (scheme === 'http' && schemes === 'http or https'));
}

/** Leaves those that can be called. The names of the two stand in messages. */
export function withEndpoint(schemes: RoutedOrigin['schemes']): Filter {
  return schemes === 'https' ? endpointOfHttps : endpointOfHttp;
}

function endpointOfHttp(instances: readonly ServiceInstance[]): readonly ServiceInstance[] {
  return instances.filter((instance) => callEndpoint(instance, 'http or https') !== undefined);
}

function endpointOfHttps(instances: readonly ServiceInstance[]): readonly ServiceInstance[] {
  return instances.filter((instance) => callEndpoint(instance, 'https') !== undefined);
}
