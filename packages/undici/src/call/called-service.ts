import { type Balancer, createBalancer } from '@rollcall/balancer';
import type { Clock } from '@rollcall/core';
import { type DeadlineQueue, guarded } from '@rollcall/core/driver';
import type { CallObserver } from '../call-observer.ts';
import { withEndpoint } from '../pools/call-endpoint.ts';
import { InstancePools } from '../pools/instance-pools.ts';
import { RetryBudget } from '../retrying/retry-budget.ts';
import type { InterceptorTerms, RouteTerms } from '../service-interceptor-terms.ts';

/** What all calls of one service share. */
export class CalledService {
  readonly terms: RouteTerms;
  readonly balancer: Balancer;
  readonly pools: InstancePools;
  readonly budget: RetryBudget | undefined;
  readonly clock: Clock;
  readonly deadlines: DeadlineQueue;
  readonly observer: CallObserver | undefined;
  readonly #unobserve: (() => void) | undefined;

  constructor(
    terms: RouteTerms,
    { cache, clock, observer, observeBalancer }: InterceptorTerms,
    deadlines: DeadlineQueue,
  ) {
    const { service, at, balancing, pool, retry } = terms;
    const source = cache.service(service);
    this.terms = terms;
    this.clock = clock;
    this.deadlines = deadlines;
    this.observer = observer;
    this.balancer = createBalancer(source, {
      ...balancing,
      filters: [withEndpoint(at.schemes), ...(balancing.filters ?? [])],
    });
    this.pools = new InstancePools(source, at, pool);
    this.budget = retry && new RetryBudget(clock, retry.budget);
    this.#unobserve = guarded(() => observeBalancer?.(this.balancer));
  }

  async close(): Promise<void> {
    guarded(() => this.#unobserve?.());
    this.balancer.close();
    await this.pools.close();
  }
}
