import type {
  DriverCallOptions,
  DriverEvent,
  DriverLease,
  DriverRegisterOptions,
  DriverSnapshot,
  BackendCapabilities,
  RegistryDriver,
  ServiceInstance,
} from '@rollcall/core/driver';

/** A driver that another one stands behind, and what was seen of the calls to it. */
export class ObservedDriver implements RegistryDriver {
  readonly name: string;
  readonly address: string;
  readonly capabilities: BackendCapabilities;
  /** The most calls that were under way at once; watches do not count. */
  mostInFlight = 0;
  /** From call to answer, in milliseconds. */
  readonly renewals: number[] = [];
  readonly #driver: RegistryDriver;
  #inFlight = 0;

  constructor(driver: RegistryDriver) {
    this.#driver = driver;
    this.name = driver.name;
    this.address = driver.address;
    this.capabilities = driver.capabilities;
  }

  async register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease> {
    return this.#observedLease(await this.#count(() => this.#driver.register(instance, ttlMs, options)));
  }

  list(service: string, options: DriverCallOptions): Promise<DriverSnapshot> {
    return this.#count(() => this.#driver.list(service, options));
  }

  services(options: DriverCallOptions): Promise<readonly string[]> {
    return this.#count(() => this.#driver.services(options));
  }

  watch(service: string, options: DriverCallOptions): AsyncIterable<DriverEvent> {
    return this.#driver.watch(service, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver[Symbol.asyncDispose]();
  }

  #observedLease(lease: DriverLease): DriverLease {
    return {
      id: lease.id,
      ttlMs: lease.ttlMs,
      renew: (options) => this.#count(() => this.#timeRenewal(lease.renew(options))),
      update: (instance, options) => this.#count(() => lease.update(instance, options)),
      revoke: (options) => this.#count(() => lease.revoke(options)),
    };
  }

  async #timeRenewal(renewal: Promise<void>): Promise<void> {
    const sentAt = performance.now();
    try {
      await renewal;
    } finally {
      this.renewals.push(performance.now() - sentAt);
    }
  }

  async #count<T>(call: () => Promise<T>): Promise<T> {
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    try {
      return await call();
    } finally {
      this.#inFlight -= 1;
    }
  }
}
