import type { Endpoint } from './endpoint.ts';

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
