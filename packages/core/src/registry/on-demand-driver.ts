import { abandonOn } from '../cancelling/abandon-on.ts';
import { LateSignal } from '../cancelling/late-signal.ts';
import type {
  BackendCapabilities,
  DriverCallOptions,
  DriverEvent,
  DriverLease,
  DriverRegisterOptions,
  DriverSnapshot,
  RegistryDriver,
} from '../driver/registry-driver.ts';
import { reasonOf } from '../errors/reason-of.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { ServiceInstance } from '../instance/instance.ts';
import { OnDemandWatch } from './on-demand-watch.ts';

/** What is known of a driver before its code is loaded: the same as the driver itself says. */
export interface OnDemandTerms {
  /** As `RegistryDriver.name`. */
  readonly name: string;
  /** As `RegistryDriver.address`. */
  readonly address: string;
  /** As `RegistryDriver.capabilities`. */
  readonly capabilities: BackendCapabilities;
  /**
   * Imports the driver and makes it: `async () => new (await import('./your-driver.ts')).YourDriver(settings, clock)`. Called by the
   * first call, once for all that come meanwhile, and anew after a failure. What it makes belongs to the on-demand driver.
   */
  load(): Promise<RegistryDriver>;
}

/**
 * A driver that is loaded by the first call which needs it, so that a program loads the client library of the backend that it
 * uses and of no other. From then on it hands each call straight on, and leases and watches are the loaded driver's own. Disposed before
 * that, it never loads; disposed meanwhile, it disposes what was loaded. It has no clock: it is for backends of their own time. A call for
 * which loading fails rejects with `REGISTRY_INTERNAL`, and the next one tries again.
 */
export function onDemandDriver(terms: OnDemandTerms): RegistryDriver {
  return new OnDemandDriver(terms);
}

type Stage =
  | { readonly is: 'unloaded' }
  | { readonly is: 'loading'; readonly loading: Promise<RegistryDriver> }
  | { readonly is: 'loaded'; readonly driver: RegistryDriver }
  | { readonly is: 'closed'; readonly closing: Promise<void> };

class OnDemandDriver implements RegistryDriver {
  readonly name: string;
  readonly address: string;
  readonly capabilities: BackendCapabilities;
  readonly #load: OnDemandTerms['load'];
  /** Aborts when this is disposed. */
  readonly #ending = new LateSignal();
  #stage: Stage = { is: 'unloaded' };

  constructor(terms: OnDemandTerms) {
    this.name = terms.name;
    this.address = terms.address;
    this.capabilities = terms.capabilities;
    this.#load = async () => terms.load();
  }

  register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease> {
    if (this.#stage.is === 'loaded') return this.#stage.driver.register(instance, ttlMs, options);
    return this.#loaded(options).then((driver) => driver.register(instance, ttlMs, options));
  }

  list(service: string, options: DriverCallOptions): Promise<DriverSnapshot> {
    if (this.#stage.is === 'loaded') return this.#stage.driver.list(service, options);
    return this.#loaded(options).then((driver) => driver.list(service, options));
  }

  services(options: DriverCallOptions): Promise<readonly string[]> {
    if (this.#stage.is === 'loaded') return this.#stage.driver.services(options);
    return this.#loaded(options).then((driver) => driver.services(options));
  }

  watch(service: string, options: DriverCallOptions): AsyncIterable<DriverEvent> {
    if (this.#stage.is === 'loaded') return this.#stage.driver.watch(service, options);
    return new OnDemandWatch({
      load: () => this.#loaded(options),
      watch: (driver) => driver.watch(service, options),
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    const stage = this.#stage;
    if (stage.is === 'closed') return stage.closing;
    const closing = disposed(stage);
    this.#stage = { is: 'closed', closing };
    this.#ending.abort(new RegistryError('REGISTRY_CLOSED', `The client is closed (${this.name} at ${this.address}).`));
    return closing;
  }

  /** The driver, for a call that waits for it: until the call is aborted (C1), or this is disposed (C3). */
  async #loaded({ signal }: DriverCallOptions): Promise<RegistryDriver> {
    signal.throwIfAborted();
    return unlessAborted(abandonOn(this.#ending, this.#driver()), signal);
  }

  #driver(): Promise<RegistryDriver> {
    switch (this.#stage.is) {
      case 'unloaded': {
        const loading = this.#begin();
        this.#stage = { is: 'loading', loading };
        return loading;
      }
      case 'loading':
        return this.#stage.loading;
      case 'loaded':
        return Promise.resolve(this.#stage.driver);
      case 'closed':
        return Promise.reject(this.#ending.reason);
    }
  }

  async #begin(): Promise<RegistryDriver> {
    try {
      const driver = await this.#load();
      if (this.#stage.is === 'loading') this.#stage = { is: 'loaded', driver };
      return driver;
    } catch (cause) {
      if (this.#stage.is === 'loading') this.#stage = { is: 'unloaded' };
      throw new RegistryError(
        'REGISTRY_INTERNAL',
        `Could not load the driver (${this.name} at ${this.address}): ${reasonOf(cause)}. ` +
          'Check that the package of the backend is installed, with all that it depends on.',
        { cause },
      );
    }
  }
}

/** Resolves when what was loaded is disposed, if anything was or will be. */
async function disposed(stage: Exclude<Stage, { readonly is: 'closed' }>): Promise<void> {
  if (stage.is === 'unloaded') return;
  const driver = stage.is === 'loaded' ? stage.driver : await stage.loading.catch(() => undefined);
  await driver?.[Symbol.asyncDispose]();
}

/** `promise`, or a rejection with the signal's reason as soon as that aborts. What it comes to afterwards is dropped (E4). */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
