import { type Endpoint, endpointOf } from './endpoint.ts';
import { pathError } from './field-error.ts';
import { withinBound } from './instance-codec.ts';
import { instanceFrom, instanceKeys } from './instance-fields.ts';
import { readObject } from './plain-data.ts';

/** Whether an instance wants new traffic. Only `up` is eligible; every state is listed (D3). */
export type InstanceStatus = 'starting' | 'up' | 'draining' | 'out-of-service';

/** One running copy of a service, as the registry knows it. Deeply frozen (I7). Identity is (`service`, `id`) (I1). */
export interface ServiceInstance {
  readonly service: string;
  /** Defaults to `host:port` of the first endpoint, so a restart on the same address replaces its former self (I3). */
  readonly id: string;
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly status: InstanceStatus;
  /** Relative share of traffic, an integer 0–65535. @defaultValue 100. 0 gets none, and is not a drain. */
  readonly weight: number;
  readonly env?: string | undefined;
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
  /** Deployment group for canary and blue/green, e.g. `red`. */
  readonly deployment?: string | undefined;
  /** Version of the application. */
  readonly version?: string | undefined;
  readonly frameworkVersion?: string | undefined;
  /** ISO 8601 instant. */
  readonly buildTime?: string | undefined;
  /** ISO 8601 instant. */
  readonly startTime?: string | undefined;
  /** Anything else; any Unicode in keys and values. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a caller writes: only `service` and one endpoint are needed. `undefined` means the default. */
export interface ServiceInstanceInit {
  readonly service: string;
  /** At least one. An endpoint may be a URL, `grpc://10.1.1.60:9081`. */
  readonly endpoints: readonly (string | Endpoint)[];
  /** @defaultValue `host:port` of the first endpoint (I3) */
  readonly id?: string | undefined;
  /** @defaultValue 'up' */
  readonly status?: InstanceStatus | undefined;
  /** @defaultValue 100 */
  readonly weight?: number | undefined;
  readonly env?: string | undefined;
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
  readonly deployment?: string | undefined;
  readonly version?: string | undefined;
  readonly frameworkVersion?: string | undefined;
  readonly buildTime?: string | undefined;
  readonly startTime?: string | undefined;
  /** @defaultValue {} */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * A key that is absent stays as it is; `undefined` brings the default back or removes the field; `metadata` and
 * `endpoints` are replaced whole. `endpoints` has no default, so it cannot be `undefined`.
 */
export type InstancePatch = Partial<Omit<ServiceInstanceInit, 'service' | 'id'>>;

/**
 * The instance that `init` describes: checked, with its defaults (I3), deeply frozen (I7). Each property of `init` is read
 * once, and later changes to it change nothing. A field that has no default and was not given is absent.
 * @throws TypeError that names the field, what was expected and what came (I6), or the size if it is over 16 KiB (I5)
 */
export function serviceInstance(init: ServiceInstanceInit): ServiceInstance {
  return withinBound(instanceFrom(readObject(init, '', 'an instance', instanceKeys), endpointOf));
}

/**
 * A new instance: `instance` with the fields of `patch` in place of its own, checked and frozen like any other. `id` stays
 * even if it came from an endpoint that is replaced (I1).
 * @throws TypeError as `serviceInstance`; also for `service` or `id` in `patch`, which are the identity
 */
export function patchInstance(instance: ServiceInstance, patch: InstancePatch): ServiceInstance {
  const changes = readObject(patch, '', 'a patch of an instance', instanceKeys);
  for (const key of ['service', 'id']) {
    if (changes.has(key)) {
      throw pathError(key, 'identity cannot change: a patch has no service and no id; register another instance');
    }
  }
  return withinBound(instanceFrom(new Map([...Object.entries(instance), ...changes]), endpointOf));
}
