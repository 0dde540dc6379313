import { LateSignal } from '../cancelling/late-signal.ts';
import type { Stop } from '../cancelling/stop.ts';
import type { DriverLease } from '../driver/registry-driver.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import type { Lease } from './registration.ts';

/** One lease while its owner believes in it: until T after the last acknowledged renewal was sent (L5). */
export class HeldLease implements Lease {
  readonly driverLease: DriverLease;
  protected readonly parts: RegistryParts;
  #expiresAt: number = Infinity;
  /** Made when it is over, or when somebody wants to hear of that. */
  #end: LateSignal | undefined;

  constructor(parts: RegistryParts, driverLease: DriverLease, sentAt: number) {
    this.parts = parts;
    this.driverLease = driverLease;
    this.#expiresAt = sentAt + driverLease.ttlMs;
  }

  get id(): string {
    return this.driverLease.id;
  }

  get ttlMs(): number {
    return this.driverLease.ttlMs;
  }

  get signal(): AbortSignal {
    return this.#made().signal;
  }

  get remainingMs(): number {
    return this.isOver ? 0 : Math.max(0, this.#expiresAt - this.parts.clock.now());
  }

  /** Aborts when it is over, without a signal having to be made. */
  get over(): Stop {
    return this.#made();
  }

  get isOver(): boolean {
    return this.#end?.isAborted === true;
  }

  /** The instant from which nobody may believe in it any more, on the registry's clock. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  /** A renewal that was sent at `sentAt` has been acknowledged. */
  protected extend(sentAt: number): void {
    this.#expiresAt = sentAt + this.driverLease.ttlMs;
  }

  /** The lease is over, once (L8). */
  end(reason: unknown): void {
    this.#made().abort(reason);
  }

  #made(): LateSignal {
    this.#end ??= new LateSignal();
    return this.#end;
  }
}
