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
import { EtcdConnection } from './connection/etcd-connection.ts';
import { MemberSync } from './connection/member-sync.ts';
import { readSecrets } from './connection/read-secrets.ts';
import { etcdCapabilities } from './etcd-capabilities.ts';
import { type Attempt, etcdError } from './etcd-errors.ts';
import { EtcdKeys } from './etcd-keys.ts';
import type { EtcdStore } from './etcd-store.ts';
import { EtcdLease } from './leasing/etcd-lease.ts';
import { type AskedLease, registerEntry } from './leasing/register-entry.ts';
import { Removals } from './leasing/removals.ts';
import { Renewals } from './leasing/renewals.ts';
import { listServices } from './list-services.ts';
import { type EtcdSettings, shownAddress } from './options/etcd-settings.ts';
import { readService } from './watching/read-service.ts';
import { watchService } from './watching/watch-service.ts';
import { Watches } from './watching/watches.ts';

/** One client of an etcd cluster: its connection, and what of the registry goes over it. */
export class EtcdDriver implements RegistryDriver {
  readonly name: string = 'etcd';
  readonly capabilities: BackendCapabilities = etcdCapabilities;
  readonly address: string;
  readonly #store: EtcdStore;
  readonly #renewals: Renewals;
  readonly #removals: Removals;
  readonly #watches: Watches;
  readonly #sync: MemberSync | undefined;

  constructor(settings: EtcdSettings, clock: Clock) {
    this.address = shownAddress(settings);
    const connection = new EtcdConnection({ ...settings, clock, secrets: () => readSecrets(settings) });
    this.#store = { connection, keys: new EtcdKeys(settings.prefix), clock, address: this.address };
    this.#renewals = new Renewals(this.#store);
    this.#removals = new Removals(this.#store);
    this.#watches = new Watches(connection);
    if (settings.syncIntervalMs > 0) this.#sync = new MemberSync(connection, clock, settings);
  }

  register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease> {
    const { service, id: instanceId } = instance;
    const { owner, onConflict, signal } = options;
    return this.#attempt({ action: 'register', service, id: instanceId }, signal, async () => {
      await this.#removals.settled(owner, signal);
      let lease: AskedLease | undefined;
      try {
        const entry = await registerEntry(this.#store, {
          instance,
          ttlMs,
          owner,
          onConflict,
          signal,
          mayStand: (asked) => {
            lease = asked;
          },
        });
        return new EtcdLease(this.#store, this.#renewals, { service, instanceId, owner }, entry);
      } catch (error) {
        if (lease !== undefined) this.#removals.begin(owner, lease);
        throw error;
      }
    });
  }

  list(service: string, { signal }: DriverCallOptions): Promise<DriverSnapshot> {
    return this.#attempt({ action: 'list', service }, signal, async () => {
      const { snapshot } = await readService(this.#store, service, signal);
      return snapshot;
    });
  }

  services({ signal }: DriverCallOptions): Promise<readonly string[]> {
    return this.#attempt({ action: 'list the services' }, signal, () => listServices(this.#store, signal));
  }

  async *watch(service: string, { signal }: DriverCallOptions): AsyncGenerator<DriverEvent, void> {
    try {
      signal.throwIfAborted();
      this.#sync?.start();
      yield* watchService(this.#store, this.#watches, service, signal);
    } catch (error) {
      throw etcdError({ action: 'watch', service }, this.address, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new RegistryError('REGISTRY_CLOSED', `The client is closed (etcd at ${this.address}).`);
    this.#sync?.[Symbol.dispose]();
    this.#removals.end(closed);
    this.#store.connection.close(closed);
  }

  async #attempt<T>(attempt: Attempt, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    this.#sync?.start();
    try {
      return await run();
    } catch (error) {
      throw etcdError(attempt, this.address, error);
    }
  }
}
