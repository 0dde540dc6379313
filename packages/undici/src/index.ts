export type { AttemptEnd, CallAttempt, CallEnd, CallListener, CallObserver, StartedCall } from './call-observer.ts';
export {
  type FailedAttempt,
  ServiceCallError,
  type ServiceCallErrorCode,
  type ServiceCallSubject,
} from './call/service-call-error.ts';
export type { RetryBudgetOptions, RetryOptions } from './retrying/retry-options.ts';
export { serviceInterceptor, type ServiceInterceptor } from './service-interceptor.ts';
export type {
  CallSettings,
  PoolOptions,
  ServiceInterceptorOptions,
  ServiceRoute,
} from './service-interceptor-options.ts';
