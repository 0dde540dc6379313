import type { Discovery, ServiceInstance } from '@rollcall/core';

/**
 * Who is listed in `from` and not in `to`, or not as the same: `orders/10.0.0.5:80`. While there is anybody, no consumer may move.
 * Somebody who comes or goes at this moment may be named too: ask again.
 * @throws RegistryError as `list`, if either does not answer
 */
export async function stillMissing(from: Discovery, to: Discovery): Promise<readonly string[]> {
  const services = await from.services();
  const missing = await Promise.all(services.map((service) => missingOf(service, from, to)));
  return missing.flat();
}

async function missingOf(service: string, from: Discovery, to: Discovery): Promise<readonly string[]> {
  const [wanted, found] = await Promise.all([from.list(service), to.list(service)]);
  const there = new Set(found.map(whatCallersSee));
  return wanted.filter((instance) => !there.has(whatCallersSee(instance))).map(({ id }) => `${service}/${id}`);
}

function whatCallersSee({ id, endpoints, status, weight }: ServiceInstance): string {
  return JSON.stringify([id, endpoints, status, weight]);
}
