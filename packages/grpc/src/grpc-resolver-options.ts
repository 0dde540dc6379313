import {
  type Balancer,
  type BalancerOptions,
  createBalancer,
  type EjectionOptions,
  type InstanceSource,
  leastOutstanding,
  type Policy,
  type ServiceCache,
} from '@rollcall/balancer';
import { checkFunction, checkKeys, fieldError, hasMethod } from '@rollcall/core/driver';
import type { CallObserver } from './call-observer.ts';
import { checkedAuthority } from './target.ts';

/** How the services behind the targets of an authority are found, and how one instance is chosen. Unknown keys are refused with a `TypeError`. */
export interface GrpcResolverOptions extends Omit<BalancerOptions, 'policy' | 'ejection'> {
  /** Where the instances come from. A service is watched from the first call on a channel to it. It stays yours to close. */
  readonly cache: ServiceCache;
  /** The part of a target between its slashes: `prod` for `rollcall://prod/orders`. One resolver a process for each. @defaultValue '' */
  readonly authority?: string | undefined;
  /**
   * Schemes of endpoints, the most wanted first: an instance is called at all its endpoints of the first one that it has. They do not decide
   * about TLS, which the credentials of a channel do. @defaultValue ['grpc', 'grpcs']
   */
  readonly schemes?: readonly string[] | undefined;
  /** How the policy `rollcall_weighted` chooses among the instances that are connected. @defaultValue leastOutstanding() */
  readonly policy?: Policy | undefined;
  /** Whether and how `rollcall_weighted` leaves out for a while an instance to which calls fail. @defaultValue {} */
  readonly ejection?: 'off' | EjectionOptions | undefined;
  /** The metadata key, in lower case, whose first value is the key of a call, for `consistentHash` and `canary`. @defaultValue none */
  readonly keyMetadata?: string | undefined;
  /**
   * How long calls wait while nothing is known of a service yet, in milliseconds; then they fail as UNAVAILABLE, until something is known.
   * @defaultValue 10_000
   */
  readonly readyTimeoutMs?: number | undefined;
  /** Hears of the calls of clients that have the `interceptor` of the resolver. @defaultValue none */
  readonly observer?: CallObserver | undefined;
  /**
   * Hears of the balancer of each channel that chooses by `rollcall_weighted`, over the instances that it is connected to; what it returns is
   * called when the channel needs that no more. It may be the `observeBalancer` of a telemetry. What it throws is dropped. @defaultValue none
   */
  readonly observeBalancer?: ((balancer: Pick<Balancer, 'service' | 'stats'>) => () => void) | undefined;
}

/** The same, checked, with its defaults. */
export interface GrpcResolverTerms {
  readonly cache: ServiceCache;
  readonly authority: string;
  readonly schemes: readonly string[];
  readonly keyMetadata: string | undefined;
  readonly readyTimeoutMs: number;
  /** Of the balancer that chooses; its filters have been applied before. */
  readonly balancing: Omit<BalancerOptions, 'filters'>;
  readonly filters: NonNullable<BalancerOptions['filters']>;
  readonly observer: CallObserver | undefined;
  readonly observeBalancer: GrpcResolverOptions['observeBalancer'];
}

const keys: readonly (keyof GrpcResolverOptions)[] = [
  'cache',
  'authority',
  'schemes',
  'filters',
  'policy',
  'ejection',
  'slowStart',
  'keyMetadata',
  'readyTimeoutMs',
  'observer',
  'observeBalancer',
  'onDiagnostic',
  'clock',
  'random',
];

/** Nobody, ever: for looking at the options of a balancer. */
const nobody: InstanceSource = { service: 'nobody', instances: [], onChange: () => () => undefined };

/** @throws TypeError that names the key, what was expected and what came */
export function grpcResolverTerms(options: GrpcResolverOptions): GrpcResolverTerms {
  checkKeys('options', options, keys);
  const { cache, authority = '', schemes = ['grpc', 'grpcs'], keyMetadata, readyTimeoutMs = 10_000 } = options;
  if (!hasMethod(cache, 'service') || !hasMethod(cache, 'ready'))
    throw fieldError('options.cache', 'a ServiceCache, such as openServiceCache() gives', cache);
  if (keyMetadata !== undefined && (typeof keyMetadata !== 'string' || !/^[a-z0-9._-]+$/.test(keyMetadata)))
    throw fieldError('options.keyMetadata', 'a metadata key in lower case', keyMetadata);
  if (typeof readyTimeoutMs !== 'number' || !(readyTimeoutMs > 0) || readyTimeoutMs === Infinity)
    throw fieldError('options.readyTimeoutMs', 'a finite number above 0', readyTimeoutMs);
  const { observer, observeBalancer } = options;
  if (observer !== undefined && !hasMethod(observer, 'callStarted'))
    throw fieldError('options.observer', 'a CallObserver, with a method callStarted', observer);
  checkFunction('options.observeBalancer', observeBalancer);
  const { policy = leastOutstanding(), ejection = {}, slowStart, filters = [], onDiagnostic, clock, random } = options;
  const balancing = {
    policy,
    slowStart,
    ejection: ejection === 'off' ? undefined : ejection,
    onDiagnostic,
    clock,
    random,
  };
  // It refuses what it cannot use.
  createBalancer(nobody, { ...balancing, filters }).close();
  return {
    cache,
    authority: checkedAuthority(authority),
    schemes: checkedSchemes(schemes),
    keyMetadata,
    readyTimeoutMs,
    balancing,
    filters: [...filters],
    observer,
    observeBalancer,
  };
}

function checkedSchemes(schemes: readonly string[]): readonly string[] {
  if (!Array.isArray(schemes) || schemes.length === 0)
    throw fieldError('options.schemes', 'an array of schemes, such as ["grpc"]', schemes);
  for (const [index, scheme] of schemes.entries())
    if (typeof scheme !== 'string' || !/^[a-z][a-z0-9+.-]*$/.test(scheme))
      throw fieldError(`options.schemes[${index}]`, 'a scheme in lower case, such as "grpc"', scheme);
  return [...schemes];
}
