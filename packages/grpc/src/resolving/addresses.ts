import { endpointUrl, type ServiceInstance } from '@rollcall/core';
import type { Addressed } from '../resolved.ts';

/** Where an instance is called: at all its endpoints of the first of the schemes that it has. Nothing if it has none of them. */
export function addressed(instance: ServiceInstance, schemes: readonly string[]): Addressed | undefined {
  for (const scheme of schemes) {
    const fitting = instance.endpoints.filter((endpoint) => endpoint.scheme === scheme);
    const [first] = fitting;
    if (first !== undefined) {
      const addresses = fitting.map(({ host, port }) => ({ host, port }));
      return { instance, endpoint: { addresses }, url: endpointUrl(first) };
    }
  }
  return undefined;
}

/** Why none of some instances can be called. */
export function whyNoAddress(
  service: string,
  instances: readonly ServiceInstance[],
  schemes: readonly string[],
): string {
  const [first] = instances;
  const example =
    first === undefined ? '' : `, ${first.id} for one is at ${first.endpoints.map(endpointUrl).join(' and ')}`;
  return `There is no instance of ${service} to call: none of ${instances.length} has an endpoint with the scheme ${schemes.join(' or ')}${example}. See the option schemes.`;
}
