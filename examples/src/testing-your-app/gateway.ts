import {
  type Balancer,
  type BalancerOptions,
  type CachedService,
  createBalancer,
  openServiceCache,
  roundRobin,
  type ServiceCache,
} from '@rollcall/balancer';
import type { Discovery, ServiceInstance } from '@rollcall/core';

/**
 * The app under test: says whom to call next. It takes a `Discovery`, the part of a registry that readers need, and what a
 * balancer follows, so that a test can hand it any registry, any clock and no chance.
 */
export class Gateway implements AsyncDisposable {
  readonly #cache: ServiceCache;
  readonly #service: CachedService;
  readonly #balancer: Balancer;

  constructor(discovery: Discovery, service: string, { clock, random }: Pick<BalancerOptions, 'clock' | 'random'>) {
    this.#cache = openServiceCache({ discovery, clock });
    this.#service = this.#cache.service(service);
    this.#balancer = createBalancer(this.#service, { policy: roundRobin(), clock, random });
  }

  /** Resolves once the first set is known. */
  ready(): Promise<void> {
    return this.#cache.ready();
  }

  /** Whether the registry is out of reach, so that the set is the last one known. */
  get isStale(): boolean {
    return this.#service.state === 'stale';
  }

  /** The next instance that wants traffic, round robin. @throws NoInstanceError if there is none */
  next(): ServiceInstance {
    return this.#balancer.pick();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#balancer.close();
    await this.#cache.close();
  }
}
