import type { Endpoint } from './endpoint.ts';

/** Whether an instance wants new traffic. Only `up` is eligible; every state is listed (D3). */
export type InstanceStatus = 'starting' | 'up' | 'draining' | 'out-of-service';

/** One running copy of a service, as the registry knows it. Deeply frozen (I7). Identity is (`service`, `id`) (I1). */
export interface ServiceInstance {
  /** What it is a copy of: 1–255 UTF-8 bytes of any Unicode without control characters, compared code point by code point (I1, I2). */
  readonly service: string;
  /** Defaults to `host:port` of the first endpoint, so a restart on the same address replaces its former self (I3). */
  readonly id: string;
  /** Where it is reached, in the order in which they were given. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Whether it wants new traffic (D3). */
  readonly status: InstanceStatus;
  /** Relative share of traffic, an integer 0–65535. @defaultValue 100. 0 gets none, and is not a drain. */
  readonly weight: number;
  /** Environment, e.g. `prod`. Kept as it is, like the fields that follow: choosing by it is the reader's business (D3). */
  readonly env?: string | undefined;
  /** Region that it runs in, e.g. `eu-west`. */
  readonly region?: string | undefined;
  /** Part of the region that fails by itself, e.g. `eu-west-1a`. */
  readonly zone?: string | undefined;
  /** Deployment group for canary and blue/green, e.g. `red`. */
  readonly deployment?: string | undefined;
  /** Version of the application. */
  readonly version?: string | undefined;
  /** Version of the framework that the application is built on. */
  readonly frameworkVersion?: string | undefined;
  /** When the application was built, an ISO 8601 instant (I4). */
  readonly buildTime?: string | undefined;
  /** When this copy was started, an ISO 8601 instant (I4). */
  readonly startTime?: string | undefined;
  /** Anything else; any Unicode in keys and values. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a caller writes: only `service` and one endpoint are needed. `undefined` means the default. */
export interface ServiceInstanceInit {
  /** What it is a copy of: 1–255 UTF-8 bytes of any Unicode without control characters (I2). */
  readonly service: string;
  /** At least one. An endpoint may be a URL, `grpc://10.1.1.60:9081`. */
  readonly endpoints: readonly (string | Endpoint)[];
  /** Tells the copies of a service apart; 1–255 UTF-8 bytes (I1, I2). @defaultValue `host:port` of the first endpoint (I3) */
  readonly id?: string | undefined;
  /** Whether it wants new traffic (D3). @defaultValue 'up' */
  readonly status?: InstanceStatus | undefined;
  /** Relative share of traffic, an integer 0–65535 (I4). @defaultValue 100 */
  readonly weight?: number | undefined;
  /** Environment, e.g. `prod`. @defaultValue none */
  readonly env?: string | undefined;
  /** Region that it runs in, e.g. `eu-west`. @defaultValue none */
  readonly region?: string | undefined;
  /** Part of the region that fails by itself, e.g. `eu-west-1a`. @defaultValue none */
  readonly zone?: string | undefined;
  /** Deployment group for canary and blue/green, e.g. `red`. @defaultValue none */
  readonly deployment?: string | undefined;
  /** Version of the application. @defaultValue none */
  readonly version?: string | undefined;
  /** Version of the framework that the application is built on. @defaultValue none */
  readonly frameworkVersion?: string | undefined;
  /** When the application was built, an ISO 8601 instant (I4). @defaultValue none */
  readonly buildTime?: string | undefined;
  /** When this copy was started, an ISO 8601 instant (I4). @defaultValue none */
  readonly startTime?: string | undefined;
  /** Anything else; any Unicode in keys and values. The whole entry may be 16 KiB at most (I5). @defaultValue {} */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * A key that is absent stays as it is; `undefined` brings the default back or removes the field; `metadata` and
 * `endpoints` are replaced whole. `endpoints` has no default, so it cannot be `undefined`.
 */
export type InstancePatch = Partial<Omit<ServiceInstanceInit, 'service' | 'id'>>;
