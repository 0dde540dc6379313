import type {
  BackendCapabilities,
  DriverEvent,
  DriverLease,
  DriverSnapshot,
  RegistryDriver,
} from '@rollcall/core/driver';
import { RegistryError } from '@rollcall/core';

/** A backend that only tells what it was given: what is left is core. */
export class TellingDriver implements RegistryDriver {
  readonly name: string = 'telling';
  readonly address: string = 'nowhere';
  readonly capabilities: BackendCapabilities = {
    lease: { minTtlMs: 1, maxTtlMs: 60_000, granularityMs: 1, maxExpiryLagMs: 0 },
    conflict: ['replace'],
    fencing: 'atomic',
  };
  readonly #events: AsyncGenerator<DriverEvent, void, undefined>;

  constructor(events: AsyncGenerator<DriverEvent, void, undefined>) {
    this.#events = events;
  }

  async register(): Promise<DriverLease> {
    throw new RegistryError('REGISTRY_UNSUPPORTED', 'Could not register (telling at nowhere): it only tells.');
  }

  async list(): Promise<DriverSnapshot> {
    return { type: 'snapshot', instances: [] };
  }

  async services(): Promise<readonly string[]> {
    return [];
  }

  watch(): AsyncIterable<DriverEvent> {
    return this.#events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#events.return();
  }
}
