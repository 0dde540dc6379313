import type { Clock, ServiceInstance } from '@rollcall/core';
import type {
  BackendCapabilities,
  DriverCallOptions,
  DriverEvent,
  DriverLease,
  DriverRegisterOptions,
  DriverSnapshot,
  RegistryDriver,
} from '@rollcall/core/driver';

/** How long things take on the way. */
export interface Delay {
  readonly clock: Clock;
  /** In [0, 1): its share of the longest. */
  readonly random: () => number;
  readonly longestMs: number;
}

/** A driver behind a network: every call takes its time to get there, and its answer to come back. */
export class DelayedDriver implements RegistryDriver {
  readonly #driver: RegistryDriver;
  readonly #delay: Delay;

  constructor(driver: RegistryDriver, delay: Delay) {
    this.#driver = driver;
    this.#delay = delay;
  }

  get name(): string {
    return this.#driver.name;
  }

  get capabilities(): BackendCapabilities {
    return this.#driver.capabilities;
  }

  get address(): string {
    return this.#driver.address;
  }

  async register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease> {
    const lease = await thereAndBack(this.#delay, options.signal, () =>
      this.#driver.register(instance, ttlMs, options),
    );
    return delayedLease(lease, this.#delay);
  }

  list(service: string, options: DriverCallOptions): Promise<DriverSnapshot> {
    return thereAndBack(this.#delay, options.signal, () => this.#driver.list(service, options));
  }

  services(options: DriverCallOptions): Promise<readonly string[]> {
    return thereAndBack(this.#delay, options.signal, () => this.#driver.services(options));
  }

  async *watch(service: string, options: DriverCallOptions): AsyncGenerator<DriverEvent, void, undefined> {
    await pass(this.#delay, options.signal);
    for await (const event of this.#driver.watch(service, options)) {
      await pass(this.#delay, options.signal);
      yield event;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver[Symbol.asyncDispose]();
  }
}

function delayedLease(lease: DriverLease, delay: Delay): DriverLease {
  return {
    id: lease.id,
    ttlMs: lease.ttlMs,
    renew: (options) => thereAndBack(delay, options.signal, () => lease.renew(options)),
    update: (instance, options) => thereAndBack(delay, options.signal, () => lease.update(instance, options)),
    revoke: (options) => thereAndBack(delay, options.signal, () => lease.revoke(options)),
  };
}

/** An answer comes back as late as a failure does; whoever gives up hears nothing of either. */
async function thereAndBack<T>(delay: Delay, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  await pass(delay, signal);
  try {
    return await call();
  } finally {
    await pass(delay, signal);
  }
}

/** Time on the way. Rejects at once with the signal's reason. */
function pass({ clock, random, longestMs }: Delay, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      timer[Symbol.dispose]();
      reject(signal.reason);
    };
    const timer = clock.schedule(random() * longestMs, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
