import type { Balancer, BalancerOptions, InstanceSource, PickContext } from '@rollcall/balancer';
import type { Clock } from '@rollcall/core';
import type { Dispatcher, Pool } from 'undici';
import type { CallObserver } from './call-observer.ts';
import type { RetryOptions } from './retrying/retry-options.ts';

/** What undici lets a `Pool` be, but for what says where it leads: there is one for each endpoint. */
export type PoolOptions = Omit<Pool.Options, 'factory' | 'interceptors' | 'socketPath'>;

/** How a service is called. */
export interface CallSettings {
  /**
   * How an instance is chosen for each attempt. Instances without an endpoint that can be called stand outside already. The clock is the
   * interceptor's unless it has one. @defaultValue { policy: leastOutstanding(), ejection: {} }
   */
  readonly balancing?: BalancerOptions | undefined;
  /** When a call is tried again, on another instance. `'off'`: never. @defaultValue {} */
  readonly retry?: 'off' | RetryOptions | undefined;
  /**
   * How long one attempt may take until the head of its answer is there, the time to connect included, in milliseconds. Beside it
   * undici's own bounds hold, which stand in `pool`: `connectTimeout`, `headersTimeout`, `bodyTimeout`. @defaultValue none
   */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * Answers that say that the instance is at fault: the balancer hears `failure`, and what is safe is tried on another one. When there
   * is none, the caller gets the answer. @defaultValue [502, 503, 504]
   */
  readonly failureStatuses?: readonly number[] | undefined;
  /** What a call brings along for whoever chooses, such as the key of a consistent hash. Asked once for each call. @defaultValue none */
  readonly pickContext?: ((request: Dispatcher.DispatchOptions) => PickContext) | undefined;
  /** Undici's options for the connections to each endpoint: TLS under `connect`, how many, how long. @defaultValue undici's */
  readonly pool?: PoolOptions | undefined;
}

/** A service, where its name alone does not do. Settings that are left out are those of the interceptor. Unknown keys are refused. */
export interface ServiceRoute extends CallSettings {
  /** The service, by its name in the registry. */
  readonly service: string;
  /**
   * The origin in the URLs of its callers: `https://billing:8443`. With `https:` only endpoints of that scheme are called, with `http:`
   * also those of `http`. @defaultValue `http://` and the name, if that is a host
   */
  readonly origin?: string | undefined;
}

/** Options of `serviceInterceptor`. Unknown keys are refused with a `TypeError`. */
export interface ServiceInterceptorOptions extends CallSettings {
  /** Where the instances of a service come from: a service cache. It stays yours to close, after the interceptor. */
  readonly cache: {
    /** The instances of a service, followed from now on. */
    service(service: string): InstanceSource;
  };
  /** Which services are called: by name for `http://name`, or with an origin of their own. All other requests pass untouched. */
  readonly services: readonly (string | ServiceRoute)[];
  /** Hears of all calls. @defaultValue none */
  readonly observer?: CallObserver | undefined;
  /**
   * Hears of the balancer of each service; what it returns is called when the interceptor closes. It may be the `observeBalancer` of a
   * telemetry. What it throws is dropped. @defaultValue none
   */
  readonly observeBalancer?: ((balancer: Pick<Balancer, 'service' | 'stats'>) => () => void) | undefined;
  /** Hears of what balancers do in the background, such as ejections, unless their `balancing` has its own. @defaultValue none */
  readonly onDiagnostic?: BalancerOptions['onDiagnostic'];
  /** What time-outs and budgets follow. @defaultValue systemClock */
  readonly clock?: Clock | undefined;
}
