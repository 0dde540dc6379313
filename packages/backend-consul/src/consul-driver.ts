import {
  type BackendCapabilities,
  type Clock,
  type DriverCallOptions,
  type DriverEvent,
  type DriverLease,
  type DriverRegisterOptions,
  type DriverSnapshot,
  RegistryError,
  type RegistryDriver,
  type ServiceInstance,
} from '@rollcall/core/driver';
import { ConsulApi } from './agent/consul-api.ts';
import { ConsulHttp } from './agent/consul-http.ts';
import { believed } from './agent/visibility.ts';
import { consulCapabilities } from './consul-capabilities.ts';
import { type Attempt, consulError } from './consul-errors.ts';
import type { ConsulStore } from './consul-store.ts';
import { ConsulLayout, type ConsulRow } from './layout/consul-entry.ts';
import { hasNoneOf } from './layout/standing.ts';
import { ConsulLease } from './leasing/consul-lease.ts';
import { readStanding } from './leasing/catalog.ts';
import { registerEntry } from './leasing/register-entry.ts';
import { Removals } from './leasing/removals.ts';
import { Renewals } from './leasing/renewals.ts';
import { SharedReads } from './leasing/shared-reads.ts';
import { listServices } from './list-services.ts';
import type { ConsulSettings } from './options/consul-settings.ts';
import { Polls } from './watching/polls.ts';
import { readService } from './watching/read-service.ts';
import { WatchMemory } from './watching/watch-memory.ts';
import { watchService } from './watching/watch-service.ts';

/** One client of a Consul agent. */
export class ConsulDriver implements RegistryDriver {
  readonly name: string = 'consul';
  readonly capabilities: BackendCapabilities = consulCapabilities;
  readonly address: string;
  readonly #http: ConsulHttp;
  readonly #store: ConsulStore;
  readonly #renewals: Renewals;
  readonly #removals: Removals;
  readonly #watching: { readonly polls: Polls; readonly memory: WatchMemory };

  constructor(settings: ConsulSettings, clock: Clock) {
    const { deregisterAfterMs, waitMs, maxPolls } = settings;
    this.address = settings.address.shown;
    this.#http = new ConsulHttp(settings);
    const api = new ConsulApi(this.#http, 'call');
    const layout = new ConsulLayout(settings.prefix);
    this.#store = {
      api,
      layout,
      reads: new SharedReads((...asked) => readStanding({ api, layout }, ...asked), clock),
      clock,
      address: this.address,
      deregisterAfterMs,
      waitMs,
      readsFrom: settings.stale ? 'any-server' : 'leader',
    };
    this.#renewals = new Renewals({ ...this.#store, api: new ConsulApi(this.#http, 'renewal') });
    this.#removals = new Removals(this.#store);
    this.#watching = { polls: new Polls(this.#store, maxPolls), memory: new WatchMemory(clock) };
  }

  register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease> {
    const { service, id } = instance;
    const { owner, onConflict, signal } = options;
    return this.#attempt({ action: 'register', service, id }, signal, async () => {
      let written: string | undefined;
      const mayStand = (serviceId: string): void => {
        written = serviceId;
      };
      try {
        const entry = await registerEntry(this.#store, { instance, ttlMs, owner, onConflict, signal, mayStand });
        return new ConsulLease(this.#store, this.#renewals, instance, entry);
      } catch (error) {
        if (written !== undefined) this.#removals.begin(written, ttlMs);
        throw error;
      }
    });
  }

  list(service: string, { signal }: DriverCallOptions): Promise<DriverSnapshot> {
    return this.#attempt({ action: 'list', service }, signal, async () => {
      const { api, layout, readsFrom: from } = this.#store;
      const name = layout.serviceName(service);
      const again = async (): Promise<readonly ConsulRow[]> => (await api.entries(name, signal, { from })).value;
      const rows = await believed(api, await again(), { name, again, isNothing: hasNoneOf(name) }, signal);
      return readService({ layout, service }, rows);
    });
  }

  services({ signal }: DriverCallOptions): Promise<readonly string[]> {
    return this.#attempt({ action: 'list the services' }, signal, () => listServices(this.#store, signal));
  }

  async *watch(service: string, { signal }: DriverCallOptions): AsyncGenerator<DriverEvent, void> {
    try {
      signal.throwIfAborted();
      yield* watchService(this.#store, this.#watching, service, signal);
    } catch (error) {
      throw consulError({ action: 'watch', service }, this.address, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new RegistryError('REGISTRY_CLOSED', `The client is closed (consul at ${this.address}).`);
    this.#removals.end(closed);
    this.#http.close(closed);
  }

  async #attempt<T>(attempt: Attempt, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      throw consulError(attempt, this.address, error);
    }
  }
}
