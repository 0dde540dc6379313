import { LateSignal } from '../cancelling/late-signal.ts';
import type { Stop } from '../cancelling/stop.ts';
import type { DriverLease } from '../driver/registry-driver.ts';
import type { Clock } from '../time/clock.ts';
import type { Lease } from './registration.ts';

/** One lease while its owner believes in it: until T after the last acknowledged renewal was sent (L5). */
export class HeldLease implements Lease {
  readonly driverLease: DriverLease;
  readonly #clock: Clock;
  #isOver = false;
  #reason: unknown;
  /** Made when somebody wants to hear of the end. */
  #end: LateSignal | undefined;
  #expiresAt: number;

  constructor(driverLease: DriverLease, sentAt: number, clock: Clock) {
    this.driverLease = driverLease;
    this.#clock = clock;
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
    return this.#isOver ? 0 : Math.max(0, this.#expiresAt - this.#clock.now());
  }

  /** Aborts when it is over, without a signal having to be made. */
  get over(): Stop {
    return this.#made();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The instant from which nobody may believe in it any more, on the registry's clock. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  /** A renewal that was sent at `sentAt` has been acknowledged. */
  extend(sentAt: number): void {
    this.#expiresAt = sentAt + this.driverLease.ttlMs;
  }

  /** The lease is over (L8). */
  end(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reason = reason;
    this.#end?.abort(reason);
  }

  #made(): LateSignal {
    if (this.#end === undefined) {
      this.#end = new LateSignal();
      if (this.#isOver) this.#end.abort(this.#reason);
    }
    return this.#end;
  }
}
