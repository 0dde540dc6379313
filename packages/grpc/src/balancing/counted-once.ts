import type { Balancer, BalancerStats } from '@rollcall/balancer';

/** A balancer of a `countedPolicy`, for whoever observes it: what is picked to be acquired a moment later counts once. */
export class CountedOnce implements Pick<Balancer, 'service' | 'stats'> {
  readonly service: string;
  readonly #balancer: Balancer;

  constructor(balancer: Balancer) {
    this.service = balancer.service;
    this.#balancer = balancer;
  }

  get stats(): BalancerStats {
    return { ...this.#balancer.stats, picked: 0 };
  }
}
