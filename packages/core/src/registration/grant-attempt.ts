import { deferred } from '../cancelling/deferred.ts';
import { type CallSubject, describeCall } from '../driver/call-failure.ts';
import type { DriverCallOptions, DriverLease } from '../driver/registry-driver.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { ServiceInstance } from '../instance/instance.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import type { OnConflict } from './registration.ts';
import { removeUntilAnswered } from './removal.ts';

/** What one attempt to register asks for. */
export interface GrantRequest {
  readonly instance: ServiceInstance;
  readonly ttlMs: number;
  readonly onConflict: OnConflict;
  readonly owner: string;
  /** Bound on the attempt, in milliseconds; `callTimeoutMs` unless told. */
  readonly boundMs?: number | undefined;
}

/** A lease, and when the call that was granted it was sent. */
export interface Granted {
  readonly lease: DriverLease;
  readonly sentAt: number;
}

/**
 * One attempt to register. The driver's call is never cut short by its caller (R7): whoever loses interest disowns the
 * attempt, and what it wrote, or is about to write, is removed again (R2).
 */
export class GrantAttempt {
  /** What the attempt came to. Rejects when its bound passes, and when the answer came later than T (R1): then it is disowned. */
  readonly granted: Promise<Granted>;
  /** Resolves when the driver has settled: only then may the next attempt start (R2). */
  readonly settled: Promise<void>;
  readonly #parts: RegistryParts;
  readonly #request: GrantRequest;
  readonly #settling = deferred<void>();
  #lease: DriverLease | undefined;
  #disowned: Promise<void> | undefined;

  constructor(parts: RegistryParts, request: GrantRequest) {
    this.#parts = parts;
    this.#request = request;
    this.settled = this.#settling.promise;
    this.granted = this.#run();
    this.granted.catch(() => this.disown()).catch(() => undefined); // a removal that is given up has been reported
  }

  /** Nobody wants what this attempt is granted. @returns when it is removed, or certain not to come; rejects when it was given up */
  disown(): Promise<void> {
    if (this.#disowned === undefined) {
      this.#disowned = this.#remove();
      this.#parts.unfinished.add(this.#disowned);
    }
    return this.#disowned;
  }

  async #run(): Promise<Granted> {
    const { calls, clock } = this.#parts;
    const { service, id } = this.#request.instance;
    const subject: CallSubject = { action: 'register the instance', service, id };
    let sentAt = clock.now();
    const lease = await calls.run({
      ...subject,
      by: 'core',
      boundMs: this.#request.boundMs,
      call: (options) => {
        sentAt = clock.now();
        return this.#send(options);
      },
    });
    this.#refuseLate(lease, clock.now() - sentAt, subject);
    return { lease, sentAt };
  }

  async #send(options: DriverCallOptions): Promise<DriverLease> {
    const { instance, ttlMs, onConflict, owner } = this.#request;
    try {
      if (this.#disowned !== undefined || this.#parts.ending.isAborted)
        throw new RegistryError('REGISTRY_UNAVAILABLE', 'Given up before it was sent.');
      const lease = await this.#parts.driver.register(instance, ttlMs, {
        onConflict,
        owner,
        get signal() {
          return options.signal;
        },
      });
      this.#lease = lease;
      return lease;
    } finally {
      this.#settling.resolve();
    }
  }

  #refuseLate(lease: DriverLease, tookMs: number, subject: CallSubject): void {
    if (tookMs <= lease.ttlMs) return;
    throw new RegistryError(
      'REGISTRY_UNAVAILABLE',
      `Could not ${describeCall(subject, this.#parts.driver)}: the answer took ${Math.round(tookMs)} ms, longer than the lease of ${lease.ttlMs} ms. ` +
        'Ask for a longer ttlMs, or find out what is slow.',
    );
  }

  async #remove(): Promise<void> {
    await this.settled;
    if (this.#lease === undefined) return;
    const { service, id } = this.#request.instance;
    await removeUntilAnswered(this.#parts, { service, id, lease: this.#lease });
  }
}
