import { DeadlineQueue } from '@rollcall/core/driver';
import type { Dispatcher } from 'undici';
import { answerHandler } from './call/answer-handler.ts';
import { Call } from './call/call.ts';
import { CalledService } from './call/called-service.ts';
import { spellingsOf } from './routed-origin.ts';
import type { ServiceInterceptorOptions } from './service-interceptor-options.ts';
import { type InterceptorTerms, interceptorTerms } from './service-interceptor-terms.ts';

/**
 * For `dispatcher.compose`, of as many dispatchers as you like: they share its connections. Requests to the origin of a service go to one of
 * its instances; all others, and `CONNECT`, go on untouched. Disposing closes.
 */
export interface ServiceInterceptor extends Dispatcher.DispatcherComposeInterceptor, AsyncDisposable {
  /**
   * Takes no more calls to services: they fail with a `NoInstanceError` `BALANCER_CLOSED`. Resolves when those under way have ended and
   * their connections are closed. Idempotent and shared. Closing the dispatcher does not do this.
   */
  close(): Promise<void>;
}

/**
 * Calls services by name, over undici and `fetch`. Calls fail with a `NoInstanceError` when there is nobody to call, with a
 * `ServiceCallError` when nobody answered, with the reason of the caller's abort, and with undici's own errors for a request that cannot be
 * sent. Its services are followed from now on: wait for `cache.ready()` before the first call.
 * @throws TypeError for a bad option, naming it, and for two services that meet at one origin, naming both; what `cache.service` throws
 */
export function serviceInterceptor(options: ServiceInterceptorOptions): ServiceInterceptor {
  const terms = interceptorTerms(options);
  const services = openAll(terms, new DeadlineQueue(terms.clock, { background: true }));
  const byOrigin = new Map(
    services.flatMap((service) => spellingsOf(service.terms.at).map((spelling) => [spelling, service] as const)),
  );

  function intercept(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
    return (request, handler) => {
      const { origin } = request;
      const service = origin && byOrigin.get(typeof origin === 'string' ? origin : origin.origin);
      if (!service || request.method === 'CONNECT') return dispatch(request, handler);
      new Call(service, request, answerHandler(handler)).begin();
      // There is always room: what waits for a connection is queued in the pool of its instance.
      return true;
    };
  }

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closeAll(services));
  return Object.assign(intercept, { close, [Symbol.asyncDispose]: close });
}

/** If one cannot be opened, none stays open. */
function openAll(terms: InterceptorTerms, deadlines: DeadlineQueue): readonly CalledService[] {
  const opened: CalledService[] = [];
  try {
    for (const route of terms.routes) opened.push(new CalledService(route, terms, deadlines));
    return opened;
  } catch (error) {
    void closeAll(opened);
    throw error;
  }
}

async function closeAll(services: readonly CalledService[]): Promise<void> {
  await Promise.all(services.map((service) => service.close()));
}
