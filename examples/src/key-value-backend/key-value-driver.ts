import type {
  BackendCapabilities,
  Clock,
  DriverCallOptions,
  DriverEvent,
  DriverLease,
  DriverRegisterOptions,
  DriverSnapshot,
  RegistryDriver,
  ServiceInstance,
} from '@rollcall/core/driver';
import { attempt, type Subject, told } from './attempt.ts';
import type { KeyValueClient } from './key-value-client.ts';
import { KeyValueKeys } from './key-value-keys.ts';
import { readEntries } from './read-entries.ts';
import { registerEntry } from './register-entry.ts';
import { ConnectionError } from './store/connection-error.ts';
import type { KeyValueConnection } from './store/key-value-connection.ts';
import { watchService } from './watch-service.ts';

/** B3: what may differ between backends, and nothing else. Each is a promise that the suite holds this driver to. */
const capabilities: BackendCapabilities = Object.freeze({
  // L1: PX counts whole milliseconds. L3: this store forgets a key at its very time, and says so at once.
  lease: Object.freeze({ minTtlMs: 1, maxTtlMs: 86_400_000, granularityMs: 1, maxExpiryLagMs: 0 }),
  // R4: a script can look and write in one step, so that nobody crosses it.
  conflict: Object.freeze(['replace', 'reject'] as const),
  fencing: 'atomic',
});

/** One client of a store. It keeps nothing of entries, leases and sets: what it knows, it has just read. */
export class KeyValueDriver implements RegistryDriver {
  readonly name: string = 'key-value';
  readonly capabilities: BackendCapabilities = capabilities;
  readonly address: string;
  /** T1: the leases of this store expire on a clock of this process. A driver of a real server leaves this out. */
  readonly clock: Clock;
  readonly #client: KeyValueClient;
  readonly #ending = new AbortController();

  constructor(connection: KeyValueConnection, prefix: string) {
    this.address = connection.address;
    this.clock = connection.clock;
    this.#client = { connection, keys: new KeyValueKeys(prefix), ending: this.#ending.signal };
  }

  register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease> {
    const { service, id } = instance;
    return this.#attempt({ action: 'register', service, id }, options.signal, () =>
      registerEntry(this.#client, instance, ttlMs, options),
    );
  }

  list(service: string, { signal }: DriverCallOptions): Promise<DriverSnapshot> {
    const prefix = this.#client.keys.service(service);
    return this.#attempt({ action: 'list', service }, signal, () => readEntries(this.#client, prefix));
  }

  /** D4: those of which something can be listed; a key alone does not tell, as its record may be malformed. */
  services({ signal }: DriverCallOptions): Promise<readonly string[]> {
    return this.#attempt({ action: 'list the services' }, signal, async () => {
      const { instances } = await readEntries(this.#client, this.#client.keys.all);
      return [...new Set(instances.map(({ service }) => service))];
    });
  }

  async *watch(service: string, { signal }: DriverCallOptions): AsyncGenerator<DriverEvent, void> {
    signal.throwIfAborted();
    try {
      yield* watchService(this.#client, service, this.clock, signal);
    } catch (error) {
      // W6: it ends by throwing, and core opens it again with the set that stands then.
      throw told(error, { action: 'watch', service }, this.address);
    }
  }

  /** C3: ends what is under way, and leaves no socket and no timer. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new ConnectionError('closed'));
    this.#client.connection.close();
  }

  #attempt<T>(subject: Subject, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    return attempt(subject, this.address, signal, call);
  }
}
