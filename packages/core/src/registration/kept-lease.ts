import { LateSignal } from '../cancelling/late-signal.ts';
import { callFailure, type CallSubject, describeCall, noAnswer } from '../driver/call-failure.ts';
import type { Entrant } from '../driver/call-gate.ts';
import type { DriverCallOptions, DriverLease } from '../driver/registry-driver.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import type { Sleeper } from '../time/sleeper.ts';
import { HeldLease } from './held-lease.ts';
import type { LeaseEvent } from './lease-state.ts';
import { renewalBoundMs, renewalDelayMs, renewalRetryMs } from './renewal-timing.ts';

/** Whoever wants a lease kept alive, and hears how it goes. */
export interface KeptLeaseListener {
  /** What a renewal is about, for messages. */
  readonly renewalSubject: CallSubject;
  /** `renewed` is told only when something else was told before, or somebody asked for it. After `gone` and `superseded` nothing more comes. */
  leaseEvent(event: LeaseEvent): void;
}

/**
 * A lease that renews itself until it is gone or nobody wants it (L4–L6): every T/3, one attempt at a time, each within its bound
 * and none beyond the deadline. Among a million of them what a renewal costs is the memory that it touches: so it is its own
 * place in the queue and at the gate, and as long as all goes well nobody else is looked at.
 */
export class KeptLease extends HeldLease implements Sleeper, Entrant {
  dueAt: number = Infinity;
  queuedAt: number = Infinity;
  #step: 'resting' | 'waiting' | 'calling' | 'over' = 'resting';
  /** Tells the answer that is waited for from those that came too late. */
  #attempt = 0;
  /** Whether the next good renewal is told. */
  #owesWord = false;
  readonly #listener: KeptLeaseListener;
  /** Of the attempt that is under way, if its driver has asked for a signal. */
  #call: LateSignal | undefined;
  #lastFailure: unknown;

  /** Begins to renew a lease that was granted by a call sent at `sentAt`. */
  constructor(parts: RegistryParts, driverLease: DriverLease, sentAt: number, listener: KeptLeaseListener) {
    super(parts, driverLease, sentAt);
    this.#listener = listener;
    this.#rest(sentAt + renewalDelayMs(driverLease.ttlMs, parts.random));
  }

  /** Asks for the next good renewal to be told. */
  tellRenewal(): void {
    this.#owesWord = true;
  }

  /** Ends it at once; an answer that is under way changes nothing any more (R7). */
  override end(reason: unknown): void {
    this.#stop(reason);
    super.end(reason);
  }

  #stop(reason: unknown): void {
    if (this.#step === 'over') return;
    this.#endAttempt(reason);
    this.#step = 'over';
    this.parts.queue.cancel(this);
  }

  wake(now: number): void {
    if (now >= this.expiresAt) return this.#expire();
    switch (this.#step) {
      case 'resting':
        return this.#enter();
      case 'calling': {
        const timeout = noAnswer(this.#listener.renewalSubject, this.parts.driver, this.#boundMs);
        this.#endAttempt(timeout);
        return this.#failed(now, timeout);
      }
      case 'waiting':
      case 'over':
    }
  }

  #enter(): void {
    this.#step = 'waiting';
    this.parts.gate.enter(this, 'renewal');
    // Mostly there is a place at once, and it has a nearer deadline by now.
    if (this.#isWaiting) this.parts.queue.set(this, this.expiresAt);
  }

  get #isWaiting(): boolean {
    return this.#step === 'waiting';
  }

  admitted(): void {
    const sentAt = this.parts.clock.now();
    this.#step = 'calling';
    if (sentAt >= this.expiresAt) return this.#expire();
    this.parts.queue.set(this, Math.min(sentAt + this.#boundMs, this.expiresAt));
    const attempt = ++this.#attempt;
    this.#renew(attempt).then(
      () => this.#answered(attempt, sentAt),
      (error: unknown) => this.#refused(attempt, error),
    );
  }

  get #boundMs(): number {
    return renewalBoundMs(this.ttlMs, this.parts.callTimeoutMs);
  }

  /** A driver that throws instead of rejecting has failed like any other. */
  #renew(attempt: number): Promise<void> {
    try {
      return this.driverLease.renew(new RenewalOptions(() => this.#signalOf(attempt)));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Made when the driver asks for it, and kept only then. */
  #signalOf(attempt: number): AbortSignal {
    if (!this.#isUnderWay(attempt)) return AbortSignal.abort();
    this.#call ??= new LateSignal();
    return this.#call.signal;
  }

  #isUnderWay(attempt: number): boolean {
    return attempt === this.#attempt && this.#step === 'calling';
  }

  #answered(attempt: number, sentAt: number): void {
    if (!this.#isUnderWay(attempt)) return;
    this.#leave();
    const now = this.parts.clock.now();
    if (now >= this.expiresAt) return this.#expire();
    this.extend(sentAt);
    const dueAt = sentAt + renewalDelayMs(this.ttlMs, this.parts.random);
    this.#rest(Math.max(now, dueAt));
    if (this.#owesWord) this.#tellRenewed();
  }

  #tellRenewed(): void {
    this.#owesWord = false;
    this.#lastFailure = undefined;
    this.#listener.leaseEvent(renewed);
  }

  #refused(attempt: number, error: unknown): void {
    if (!this.#isUnderWay(attempt)) return;
    this.#leave();
    const now = this.parts.clock.now();
    const cause = callFailure(error, this.#listener.renewalSubject, this.parts.driver);
    if (cause.code === 'LEASE_SUPERSEDED') this.#finish({ type: 'superseded', cause });
    else if (cause.code === 'LEASE_NOT_FOUND') this.#finish({ type: 'gone', cause });
    else if (now >= this.expiresAt) this.#expire();
    else this.#failed(now, cause);
  }

  #failed(now: number, cause: unknown): void {
    this.#lastFailure = cause;
    this.#owesWord = true;
    this.#rest(Math.min(now + renewalRetryMs(this.ttlMs, this.parts.random), this.expiresAt));
    this.#listener.leaseEvent({ type: 'renewal-failed', cause });
  }

  #expire(): void {
    const message = `Could not ${describeCall(this.#listener.renewalSubject, this.parts.driver)} for ${this.ttlMs} ms: it has run out.`;
    const cause = new RegistryError('LEASE_NOT_FOUND', message, { cause: this.#lastFailure });
    this.#finish({ type: 'gone', cause });
  }

  #finish(event: LeaseEvent & { readonly cause: unknown }): void {
    this.#stop(event.cause);
    this.#listener.leaseEvent(event);
  }

  #rest(dueAt: number): void {
    this.#step = 'resting';
    this.parts.queue.set(this, dueAt);
  }

  /** Gives its place back, and tells the driver to end what it is doing. */
  #endAttempt(reason: unknown): void {
    if (this.#step === 'waiting') {
      this.parts.gate.withdraw(this, 'renewal');
    } else if (this.#step === 'calling') {
      const call = this.#call;
      this.#attempt += 1;
      this.#step = 'resting';
      this.#call = undefined;
      call?.abort(reason);
      this.parts.gate.leave();
    }
  }

  /** The attempt is over: its place goes to the next. */
  #leave(): void {
    this.#step = 'resting';
    this.#call = undefined;
    this.parts.gate.leave();
  }
}

/** What one attempt to renew hands to the driver. */
class RenewalOptions implements DriverCallOptions {
  readonly #made: () => AbortSignal;

  constructor(made: () => AbortSignal) {
    this.#made = made;
  }

  get signal(): AbortSignal {
    return this.#made();
  }
}

const renewed: LeaseEvent = { type: 'renewed' };
