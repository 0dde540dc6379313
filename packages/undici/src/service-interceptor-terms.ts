import { type BalancerOptions, leastOutstanding } from '@rollcall/balancer';
import { type Clock, systemClock } from '@rollcall/core';
import { checkFunction, checkKeys, fieldError } from '@rollcall/core/driver';
import type { CallObserver } from './call-observer.ts';
import { checkInteger, checkMethod, checkNumber } from './option-checks.ts';
import { type RetryTerms, retryTerms } from './retrying/retry-options.ts';
import { originsOf, type RoutedOrigin, type WantedOrigin } from './routed-origin.ts';
import type {
  CallSettings,
  PoolOptions,
  ServiceInterceptorOptions,
  ServiceRoute,
} from './service-interceptor-options.ts';

/** How one service is called, checked, with the defaults. */
export interface RouteTerms {
  readonly service: string;
  readonly at: RoutedOrigin;
  readonly balancing: BalancerOptions;
  readonly retry: RetryTerms | undefined;
  readonly attemptTimeoutMs: number | undefined;
  readonly failureStatuses: ReadonlySet<number>;
  readonly pickContext: CallSettings['pickContext'];
  readonly pool: PoolOptions;
}

/** All options, checked. */
export interface InterceptorTerms {
  readonly cache: ServiceInterceptorOptions['cache'];
  readonly routes: readonly RouteTerms[];
  readonly observer: CallObserver | undefined;
  readonly observeBalancer: ServiceInterceptorOptions['observeBalancer'];
  readonly clock: Clock;
}

const settingKeys: readonly (keyof CallSettings)[] = [
  'balancing',
  'retry',
  'attemptTimeoutMs',
  'failureStatuses',
  'pickContext',
  'pool',
];
const routeKeys: readonly (keyof ServiceRoute)[] = ['service', 'origin', ...settingKeys];
const optionKeys: readonly (keyof ServiceInterceptorOptions)[] = [
  'cache',
  'services',
  'observer',
  'observeBalancer',
  'onDiagnostic',
  'clock',
  ...settingKeys,
];

/** @throws TypeError that names the key, what was expected and what came; for two services that meet at one origin, both */
export function interceptorTerms(options: ServiceInterceptorOptions): InterceptorTerms {
  checkKeys('options', options, optionKeys);
  const { cache, services, observer, observeBalancer, onDiagnostic, clock = systemClock } = options;
  checkMethod('options.cache', cache, 'service', 'a service cache, such as openServiceCache() gives');
  checkMethod('options.clock', clock, 'schedule', 'a Clock');
  if (observer !== undefined) checkMethod('options.observer', observer, 'callStarted', 'a CallObserver');
  checkFunction('options.observeBalancer', observeBalancer);
  checkFunction('options.onDiagnostic', onDiagnostic);
  if (!Array.isArray(services)) throw fieldError('options.services', 'an array of names and routes', services);
  const routes = originsOf(
    services.map((one: string | ServiceRoute, index) => routeOf(one, `options.services[${index}]`)),
  );
  const general = settingsOf('options', options, defaults({ clock, onDiagnostic }));
  return {
    cache,
    observer,
    observeBalancer,
    clock,
    routes: routes.map((route) => routeTerms(route, general)),
  };
}

interface GivenRoute extends WantedOrigin {
  readonly settings: CallSettings;
}

function routeOf(given: string | ServiceRoute, path: string): GivenRoute {
  if (typeof given === 'string') return { path, service: given, origin: undefined, settings: {} };
  checkKeys(path, given, routeKeys);
  const { service, origin, ...settings } = given;
  if (typeof service !== 'string') throw fieldError(`${path}.service`, 'the name of a service', service);
  if (origin !== undefined && typeof origin !== 'string') throw fieldError(`${path}.origin`, 'an origin', origin);
  return { path, service, origin, settings };
}

function routeTerms(
  { service, at, path, settings }: GivenRoute & { readonly at: RoutedOrigin },
  general: SettingTerms,
): RouteTerms {
  return { service, at, ...settingsOf(path, settings, general) };
}

type SettingTerms = Omit<RouteTerms, 'service' | 'at'>;

function defaults(background: Pick<BalancerOptions, 'clock' | 'onDiagnostic'>): SettingTerms {
  return {
    balancing: { policy: leastOutstanding(), ejection: {}, ...background },
    retry: retryTerms('options.retry', {}),
    attemptTimeoutMs: undefined,
    failureStatuses: new Set([502, 503, 504]),
    pickContext: undefined,
    pool: {},
  };
}

function settingsOf(path: string, given: CallSettings, otherwise: SettingTerms): SettingTerms {
  const { balancing, retry, attemptTimeoutMs, failureStatuses, pickContext, pool } = given;
  const { clock, onDiagnostic } = otherwise.balancing;
  checkFunction(`${path}.pickContext`, pickContext);
  if (balancing !== undefined) checkMethod(`${path}.balancing.policy`, balancing.policy, 'createPicker', 'a policy');
  if (pool !== undefined && (typeof pool !== 'object' || pool === null))
    throw fieldError(`${path}.pool`, "undici's options for a pool", pool);
  return {
    balancing: balancing === undefined ? otherwise.balancing : { clock, onDiagnostic, ...balancing },
    retry: retry === undefined ? otherwise.retry : retry === 'off' ? undefined : retryTerms(`${path}.retry`, retry),
    attemptTimeoutMs:
      attemptTimeoutMs === undefined
        ? otherwise.attemptTimeoutMs
        : checkNumber(`${path}.attemptTimeoutMs`, attemptTimeoutMs, { from: 1, to: 2 ** 31 }),
    failureStatuses:
      failureStatuses === undefined
        ? otherwise.failureStatuses
        : statusesOf(`${path}.failureStatuses`, failureStatuses),
    pickContext: pickContext ?? otherwise.pickContext,
    pool: pool ?? otherwise.pool,
  };
}

function statusesOf(path: string, statuses: unknown): ReadonlySet<number> {
  if (!Array.isArray(statuses)) throw fieldError(path, 'an array of statuses', statuses);
  return new Set(statuses.map((one, index) => checkInteger(`${path}[${index}]`, one, { from: 400, to: 599 })));
}
