import { serviceInstance, type ServiceInstance, type ServiceInstanceInit } from '@rollcall/core';
import { encodeInstance, fieldError } from '@rollcall/core/driver';

/** Which services are pinned, and to what. */
export type Overrides = ReadonlyMap<string, readonly ServiceInstance[]>;

/** Nothing is pinned. */
export const noOverrides: Overrides = new Map();

/**
 * Overrides from JSON: an object with a key for each service. Its value is `host:port` (http), a URL, or the fields of an instance
 * but for `service`; or an array of these: `{"orders":"localhost:8080"}`.
 * @param origin how errors name the text: the path of a file, or a variable
 * @throws TypeError that names the origin, the service and the field
 */
export function parseOverrides(text: string, origin: string): Overrides {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (cause) {
    throw new TypeError(`${origin}: expected JSON such as {"orders":"localhost:8080"}`, { cause });
  }
  if (!isRecord(written)) throw fieldError(origin, 'an object with a key for each service', written);
  return new Map(
    Object.entries(written).map(([service, value]) => [service, pinned(service, value, `${origin}: ${service}`)]),
  );
}

/** Whether both send callers to the same places; `undefined` sends them nowhere. */
export function isSameOverride(
  a: readonly ServiceInstance[] | undefined,
  b: readonly ServiceInstance[] | undefined,
): boolean {
  return a?.map(encodeInstance).join() === b?.map(encodeInstance).join();
}

function pinned(service: string, value: unknown, path: string): readonly ServiceInstance[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw fieldError(path, 'at least one address', value);
  const instances = values.map((one, index) =>
    instanceOf(service, one, Array.isArray(value) ? `${path}[${index}]` : path),
  );
  instances.sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const [index, { id }] of instances.entries())
    if (instances[index + 1]?.id === id) throw new TypeError(`${path}: the id ${JSON.stringify(id)} is there twice`);
  return Object.freeze(instances);
}

function instanceOf(service: string, value: unknown, path: string): ServiceInstance {
  try {
    return serviceInstance(initOf(service, value, path));
  } catch (cause) {
    if (!(cause instanceof TypeError) || cause.message.startsWith(path)) throw cause;
    throw new TypeError(`${path}: ${cause.message}`, { cause });
  }
}

function initOf(service: string, value: unknown, path: string): ServiceInstanceInit {
  if (typeof value === 'string') return { service, endpoints: [value.includes('://') ? value : `http://${value}`] };
  if (!isRecord(value)) throw fieldError(path, 'host:port, a URL or the fields of an instance', value);
  if (Object.hasOwn(value, 'service')) throw new TypeError(`${path}: service: it is named by the key already`);
  return { ...value, service, endpoints: endpointsOf(value) };
}

/** Whatever stands there: `serviceInstance` checks every field, and says what is wrong with it. */
function endpointsOf({ endpoints }: Readonly<Record<string, unknown>>): ServiceInstanceInit['endpoints'] {
  return Array.isArray(endpoints) ? endpoints : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
