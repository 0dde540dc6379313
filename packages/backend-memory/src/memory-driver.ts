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
import { ChangeStream } from './change-stream.ts';
import { Entry, type EntryTerms } from './entry.ts';
import type { EntryTable } from './entry-table.ts';
import { type MemoryStore, tableOf } from './memory-store.ts';

/** One client of a store, with the faults that a test wants to see. */
export interface MemoryDriver extends RegistryDriver {
  /** Calls reject with `REGISTRY_UNAVAILABLE` and watches break, until `reconnect()`. Entries stay and run into their TTL. */
  disconnect(): void;
  /** Calls get through again. @throws RegistryError `REGISTRY_CLOSED` after a crash: nobody comes back from that */
  reconnect(): void;
  /** Gone without a goodbye: nothing is renewed or revoked again, what was registered runs into its TTL. */
  crash(): void;
}

/** A new client of `store`. The registry on top of it follows the store's clock. */
export function memoryDriver(store: MemoryStore): MemoryDriver {
  return new StoreClient(tableOf(store));
}

/** A day: who leases for longer wants no lease. */
const maxTtlMs = 86_400_000;

const capabilities: BackendCapabilities = Object.freeze({
  lease: Object.freeze({ minTtlMs: 1, maxTtlMs, granularityMs: 1, maxExpiryLagMs: 0 }),
  conflict: Object.freeze(['replace', 'reject'] as const),
  fencing: 'atomic',
});

class StoreClient implements MemoryDriver {
  readonly name: string = 'memory';
  readonly capabilities: BackendCapabilities = capabilities;
  readonly address: string = 'this process';
  readonly clock: Clock;
  readonly #table: EntryTable;
  readonly #number: number;
  readonly #streams = new Set<ChangeStream>();
  #link: 'up' | 'down' | 'crashed' | 'disposed' = 'up';

  constructor(table: EntryTable) {
    this.#table = table;
    this.#number = table.nextClient();
    this.clock = table.clock;
  }

  async register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease> {
    options.signal.throwIfAborted();
    this.assertLinked('register', instance);
    const { onConflict, owner } = options;
    const lease = new StoreLease(this, this.#table, { instance, ttlMs, client: this.#number, owner });
    this.#table.register(lease, onConflict);
    return lease;
  }

  async list(service: string, options: DriverCallOptions): Promise<DriverSnapshot> {
    options.signal.throwIfAborted();
    this.assertLinked('list', { service });
    return this.#table.list(service);
  }

  async services(options: DriverCallOptions): Promise<readonly string[]> {
    options.signal.throwIfAborted();
    this.assertLinked('list the services');
    return this.#table.services();
  }

  watch(service: string, { signal }: DriverCallOptions): AsyncIterable<DriverEvent> {
    const abort = (): void => stream.fail(signal.reason);
    const stream: ChangeStream = new ChangeStream({
      service,
      open: () => this.#table.attach(service, stream),
      enter: (changes) => this.#table.enter(service, changes),
      settle: () => this.#table.sweep(service),
      ended: () => {
        signal.removeEventListener('abort', abort);
        this.#streams.delete(stream);
        this.#table.detach(service, stream);
      },
    });
    this.#streams.add(stream);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    if (this.#link !== 'up') stream.fail(this.#unlinked('watch', { service }));
    return stream;
  }

  disconnect(): void {
    if (this.#link === 'up') this.#cut('down');
  }

  reconnect(): void {
    if (this.#link === 'crashed') throw this.#unlinked('reconnect');
    if (this.#link === 'down') this.#link = 'up';
  }

  crash(): void {
    if (this.#link !== 'disposed') this.#cut('crashed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cut('disposed');
  }

  /** @throws RegistryError when nothing gets through: `REGISTRY_UNAVAILABLE`, or `REGISTRY_CLOSED` once disposed */
  assertLinked(action: string, subject?: Subject): void {
    if (this.#link !== 'up') throw this.#unlinked(action, subject);
  }

  #cut(link: 'down' | 'crashed' | 'disposed'): void {
    this.#link = link;
    for (const stream of this.#streams) stream.fail(this.#unlinked('go on to watch', { service: stream.service }));
  }

  #unlinked(action: string, subject?: Subject): RegistryError {
    const attempt = `Could not ${action}${nameOf(subject)} (memory at ${this.address})`;
    switch (this.#link) {
      case 'disposed':
        return new RegistryError('REGISTRY_CLOSED', `${attempt}: the client is closed.`);
      case 'crashed':
        return new RegistryError('REGISTRY_UNAVAILABLE', `${attempt}: this client has crashed. Make a new one.`);
      case 'up':
      case 'down':
        return new RegistryError('REGISTRY_UNAVAILABLE', `${attempt}: disconnected. Call reconnect().`);
    }
  }
}

/** What a call is about, for its message (E2). */
interface Subject {
  readonly service: string;
  readonly id?: string;
}

function nameOf(subject: Subject | undefined): string {
  if (subject === undefined) return '';
  const { service, id } = subject;
  return ` ${JSON.stringify(id === undefined ? service : `${service}/${id}`)}`;
}

/** A lease that was granted is the entry itself: a renewal among a million costs what it touches in memory. */
class StoreLease extends Entry implements DriverLease {
  readonly #client: StoreClient;
  readonly #table: EntryTable;

  constructor(client: StoreClient, table: EntryTable, terms: EntryTerms) {
    super(terms);
    this.#client = client;
    this.#table = table;
  }

  get id(): string {
    return `lease-${this.lease}`;
  }

  /** Done within the call: there is nothing for an abort to cut short, so that no signal has to be made. */
  async renew(): Promise<void> {
    this.#client.assertLinked('renew the lease of', this.instance);
    this.#table.renew(this);
  }

  /** Done within the call, like a renewal. */
  async update(instance: ServiceInstance): Promise<void> {
    this.#client.assertLinked('update', instance);
    this.#table.update(this, instance);
  }

  async revoke(options: DriverCallOptions): Promise<void> {
    options.signal.throwIfAborted();
    this.#client.assertLinked('deregister', this.instance);
    this.#table.revoke(this);
  }
}
