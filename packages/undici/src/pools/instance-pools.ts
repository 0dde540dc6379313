import type { InstanceSource } from '@rollcall/balancer';
import { endpointUrl, type ServiceInstance } from '@rollcall/core';
import { Pool } from 'undici';
import type { RoutedOrigin } from '../routed-origin.ts';
import type { PoolOptions } from '../service-interceptor-options.ts';
import { callEndpoint } from './call-endpoint.ts';
import { endpointConnector } from './endpoint-connector.ts';

/** The connections to one endpoint. */
export interface EndpointPool {
  readonly url: string;
  readonly pool: Pool;
}

/**
 * One pool for each endpoint that was picked, as long as an instance that is up has it. When none has, it takes nothing more, ends what is
 * under way, and closes its connections.
 */
export class InstancePools {
  readonly #at: RoutedOrigin;
  readonly #options: PoolOptions;
  readonly #unfollow: () => void;
  readonly #byUrl = new Map<string, EndpointPool>();
  readonly #byInstance = new WeakMap<ServiceInstance, EndpointPool>();
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;

  constructor(source: InstanceSource, at: RoutedOrigin, options: PoolOptions) {
    this.#at = at;
    this.#options = options;
    this.#unfollow = source.onChange((instances) => this.#follow(instances));
  }

  /** The pool of an instance that has an endpoint that can be called. */
  of(instance: ServiceInstance): EndpointPool {
    const known = this.#byInstance.get(instance);
    return known !== undefined && !known.pool.closed ? known : this.#open(instance);
  }

  /** Ends what is under way, and closes all connections. A call that is about to be tried again is under way. */
  async close(): Promise<void> {
    this.#unfollow();
    this.#isClosed = true;
    this.#follow([]);
    while (this.#closing.size > 0) await Promise.all(this.#closing);
  }

  #open(instance: ServiceInstance): EndpointPool {
    const endpoint = callEndpoint(instance, this.#at.schemes);
    if (endpoint === undefined) throw new Error(`${instance.id} was picked without an endpoint that can be called.`);
    const url = endpointUrl(endpoint);
    const known = this.#byUrl.get(url);
    const opened = known ?? {
      url,
      pool: new Pool(`${endpoint.scheme}://${this.#at.host}`, {
        ...this.#options,
        connect: endpointConnector(endpoint, this.#options),
      }),
    };
    this.#byUrl.set(url, opened);
    this.#byInstance.set(instance, opened);
    if (this.#isClosed) queueMicrotask(() => this.#retire(url));
    return opened;
  }

  #follow(instances: readonly ServiceInstance[]): void {
    if (this.#byUrl.size === 0) return;
    const left = new Set(this.#byUrl.keys());
    for (const { status, endpoints } of instances)
      if (status === 'up') for (const endpoint of endpoints) left.delete(endpointUrl(endpoint));
    for (const url of left) this.#retire(url);
  }

  #retire(url: string): void {
    const retired = this.#byUrl.get(url);
    if (retired === undefined) return;
    this.#byUrl.delete(url);
    const closing = retired.pool.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
