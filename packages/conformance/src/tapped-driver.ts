import { RegistryError, type ServiceInstance } from '@rollcall/core';
import type {
  BackendCapabilities,
  DriverCallOptions,
  DriverEvent,
  DriverLease,
  DriverRegisterOptions,
  DriverSnapshot,
  RegistryDriver,
} from '@rollcall/core/driver';
import { Gate } from './gate.ts';

/** The calls that a driver and its leases are asked for. */
export type DriverCall = 'register' | 'list' | 'services' | 'watch' | 'renew' | 'update' | 'revoke';

/** What happens to one call instead of going straight through. `forward` makes it. */
export type Meddling = <T>(forward: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * Sits between a registry and its driver: counts what passes, and holds, delays or loses the calls that a case names. It names
 * no clock, so that a case may put the registry on one that pauses.
 */
export class TappedDriver implements RegistryDriver {
  /** Terms of every `register`, in order. */
  readonly registered: DriverRegisterOptions[] = [];
  /** Watches that are open now. */
  openWatches = 0;
  disposals = 0;
  readonly #driver: RegistryDriver;
  readonly #sent = new Map<DriverCall, number>();
  readonly #meddling = new Map<DriverCall, Meddling[]>();
  readonly #gates: Gate[] = [];
  readonly #breaks = new Set<(error: unknown) => void>();

  constructor(driver: RegistryDriver) {
    this.#driver = driver;
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

  /** How many calls of this kind the registry has made. */
  sent(call: DriverCall): number {
    return this.#sent.get(call) ?? 0;
  }

  /** How many calls of any kind the registry has made. */
  get sentInAll(): number {
    return [...this.#sent.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Meddles with the next call of this kind that nobody meddles with yet. */
  next(call: DriverCall, meddling: Meddling): void {
    this.#meddling.set(call, [...(this.#meddling.get(call) ?? []), meddling]);
  }

  /** The next such call reaches the backend, and its answer waits at the gate. */
  holdAnswer(call: DriverCall): Gate {
    const gate = this.#gate();
    this.next(call, async (forward, signal) => {
      const answer = await forward();
      await gate.pass(signal);
      return answer;
    });
    return gate;
  }

  /** The next such call waits at the gate before it is sent. */
  holdRequest(call: DriverCall): Gate {
    const gate = this.#gate();
    this.next(call, async (forward, signal) => {
      await gate.pass(signal);
      return forward();
    });
    return gate;
  }

  /** The next such call reaches the backend, and nobody hears its answer. */
  loseAnswer(call: DriverCall): void {
    this.next(call, async (forward) => {
      await forward();
      throw new RegistryError(
        'REGISTRY_UNAVAILABLE',
        `The answer to ${call} was lost (${this.name} at ${this.address}).`,
      );
    });
  }

  /** The next such call rejects without reaching the backend. */
  fail(call: DriverCall, error: unknown): void {
    this.next(call, () => Promise.reject(error));
  }

  /** Every watch that is open throws `error`, as a stream that broke. */
  breakWatches(error: unknown): void {
    for (const end of this.#breaks) end(error);
  }

  /** Lets everything go that is still held. */
  letGo(): void {
    for (const gate of this.#gates) gate.open();
    this.#meddling.clear();
  }

  async register(instance: ServiceInstance, ttlMs: number, options: DriverRegisterOptions): Promise<DriverLease> {
    this.registered.push(options);
    const lease = await this.#pass('register', options, () => this.#driver.register(instance, ttlMs, options));
    return {
      id: lease.id,
      ttlMs: lease.ttlMs,
      renew: (renewal) => this.#pass('renew', renewal, () => lease.renew(renewal)),
      update: (changed, update) => this.#pass('update', update, () => lease.update(changed, update)),
      revoke: (revocation) => this.#pass('revoke', revocation, () => lease.revoke(revocation)),
    };
  }

  list(service: string, options: DriverCallOptions): Promise<DriverSnapshot> {
    return this.#pass('list', options, () => this.#driver.list(service, options));
  }

  services(options: DriverCallOptions): Promise<readonly string[]> {
    return this.#pass('services', options, () => this.#driver.services(options));
  }

  async *watch(service: string, options: DriverCallOptions): AsyncGenerator<DriverEvent> {
    const { promise: broken, reject } = brokenLater();
    const stream = this.#driver.watch(service, options)[Symbol.asyncIterator]();
    this.openWatches += 1;
    this.#breaks.add(reject);
    try {
      for (let step = await this.#pass('watch', options, () => stream.next()); step.done !== true;) {
        yield step.value;
        step = await Promise.race([stream.next(), broken]);
      }
    } finally {
      this.#breaks.delete(reject);
      this.openWatches -= 1;
      // Not awaited: a stream that waits for its backend ends by its signal alone.
      stream.return?.().then(undefined, () => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposals += 1;
    await this.#driver[Symbol.asyncDispose]();
  }

  #pass<T>(call: DriverCall, { signal }: DriverCallOptions, forward: () => Promise<T>): Promise<T> {
    this.#sent.set(call, this.sent(call) + 1);
    const meddling = this.#meddling.get(call)?.shift();
    return meddling === undefined ? forward() : meddling(forward, signal);
  }

  #gate(): Gate {
    const gate = new Gate();
    this.#gates.push(gate);
    return gate;
  }
}

function brokenLater(): { readonly promise: Promise<never>; readonly reject: (error: unknown) => void } {
  const rejecting = new AbortController();
  const promise = new Promise<never>((_resolve, reject) => {
    rejecting.signal.addEventListener('abort', () => reject(rejecting.signal.reason), { once: true });
  });
  promise.catch(() => undefined);
  return { promise, reject: (error) => rejecting.abort(error) };
}
