import { type OnConflict, serviceInstance, type ServiceInstanceInit } from '@rollcall/core';
import type { DriverCallOptions, DriverLease } from '@rollcall/core/driver';
import type { Client } from './harness.ts';

/** How a hand claims an entry. */
export interface ClaimOptions {
  /** @defaultValue one of its own for each claim */
  readonly owner?: string | undefined;
  /** @defaultValue 'replace' */
  readonly onConflict?: OnConflict | undefined;
}

/** What hangs this long is broken; no promise of a driver's. */
const patienceMs = 10_000;

/** Calls a client's driver with no core in between, for the promises that are the driver's own. */
export class DriverHand {
  readonly client: Client;
  readonly #name: string;
  #claims = 0;

  /** @param name begins the owners of its claims, so that no two hands are one owner */
  constructor(client: Client, name: string) {
    this.client = client;
    this.#name = name;
  }

  /** Registers, and leaves the lease to itself: nobody renews it. */
  claim(init: ServiceInstanceInit, ttlMs: number, options: ClaimOptions = {}): Promise<DriverLease> {
    const { owner = `${this.#name}-${(this.#claims += 1)}`, onConflict = 'replace' } = options;
    return this.client.driver.register(serviceInstance(init), ttlMs, { ...this.bounded(), owner, onConflict });
  }

  /** Options of a call that is given up some time. */
  bounded(): DriverCallOptions {
    return { signal: AbortSignal.timeout(patienceMs) };
  }
}
