import { LateSignal } from '../cancelling/late-signal.ts';
import { callFailure, type CallSubject, describeCall, noAnswer } from '../driver/call-failure.ts';
import type { Entrant } from '../driver/call-gate.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import type { Sleeper } from '../time/sleeper.ts';
import type { HeldLease } from './held-lease.ts';
import type { LeaseEvent } from './lease-state.ts';
import { renewalBoundMs, renewalDelayMs, renewalRetryMs } from './renewal-timing.ts';

/** Whoever wants a lease kept alive, and hears how it goes. */
export interface KeepAliveListener {
  /** What a renewal is about, for messages. */
  readonly renewalSubject: CallSubject;
  /** After `gone` and `superseded` nothing more comes. */
  leaseEvent(event: LeaseEvent): void;
}

/**
 * Renews one lease until it is gone or nobody wants it (L4–L6): every T/3, one attempt at a time, each within its bound and
 * none beyond the deadline. It is its own place in the queue and at the gate, so that a renewal costs no object of its own
 * beyond the promise that the driver returns.
 */
export class KeepAlive implements Sleeper, Entrant {
  dueAt: number = Infinity;
  queuedAt: number = Infinity;
  readonly #parts: RegistryParts;
  readonly #lease: HeldLease;
  readonly #listener: KeepAliveListener;
  #step: 'resting' | 'waiting' | 'calling' | 'over' = 'resting';
  /** The attempt's that is under way. */
  #call: LateSignal | undefined;
  /** Tells the answer that is waited for from those that came too late. */
  #attempt = 0;
  #lastFailure: unknown;

  constructor(parts: RegistryParts, lease: HeldLease, listener: KeepAliveListener) {
    this.#parts = parts;
    this.#lease = lease;
    this.#listener = listener;
  }

  /** Begins to renew a lease that was granted by a call sent at `sentAt`. */
  start(sentAt: number): void {
    this.#rest(sentAt + renewalDelayMs(this.#lease.ttlMs, this.#parts.random));
  }

  /** Ends it at once; an answer that is under way changes nothing any more (R7). */
  stop(reason: unknown): void {
    if (this.#step === 'over') return;
    this.#endAttempt(reason);
    this.#step = 'over';
    this.#parts.queue.cancel(this);
  }

  wake(now: number): void {
    if (now >= this.#lease.expiresAt) return this.#expire();
    switch (this.#step) {
      case 'resting':
        return this.#enter();
      case 'calling': {
        const timeout = noAnswer(this.#listener.renewalSubject, this.#parts.driver, this.#boundMs);
        this.#endAttempt(timeout);
        return this.#failed(now, timeout);
      }
      case 'waiting':
      case 'over':
    }
  }

  #enter(): void {
    this.#step = 'waiting';
    this.#parts.gate.enter(this, 'renewal');
    // Mostly there is a place at once, and it has a nearer deadline by now.
    if (this.#isWaiting) this.#parts.queue.set(this, this.#lease.expiresAt);
  }

  get #isWaiting(): boolean {
    return this.#step === 'waiting';
  }

  admitted(): void {
    const sentAt = this.#parts.clock.now();
    this.#step = 'calling';
    if (sentAt >= this.#lease.expiresAt) return this.#expire();
    this.#parts.queue.set(this, Math.min(sentAt + this.#boundMs, this.#lease.expiresAt));
    const attempt = ++this.#attempt;
    this.#renew().then(
      () => this.#answered(attempt, sentAt),
      (error: unknown) => this.#refused(attempt, error),
    );
  }

  get #boundMs(): number {
    return renewalBoundMs(this.#lease.ttlMs, this.#parts.callTimeoutMs);
  }

  /** A driver that throws instead of rejecting has failed like any other. */
  #renew(): Promise<void> {
    this.#call = new LateSignal();
    try {
      return this.#lease.driverLease.renew(this.#call);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #answered(attempt: number, sentAt: number): void {
    if (attempt !== this.#attempt || this.#step !== 'calling') return;
    this.#parts.gate.leave();
    const now = this.#parts.clock.now();
    this.#step = 'resting';
    this.#call = undefined;
    if (now >= this.#lease.expiresAt) return this.#expire();
    this.#lease.extend(sentAt);
    this.#lastFailure = undefined;
    const dueAt = sentAt + renewalDelayMs(this.#lease.ttlMs, this.#parts.random);
    this.#rest(Math.max(now, dueAt));
    this.#listener.leaseEvent(renewed);
  }

  #refused(attempt: number, error: unknown): void {
    if (attempt !== this.#attempt || this.#step !== 'calling') return;
    this.#parts.gate.leave();
    const now = this.#parts.clock.now();
    this.#step = 'resting';
    this.#call = undefined;
    const cause = callFailure(error, this.#listener.renewalSubject, this.#parts.driver);
    if (cause.code === 'LEASE_SUPERSEDED') this.#finish({ type: 'superseded', cause });
    else if (cause.code === 'LEASE_NOT_FOUND') this.#finish({ type: 'gone', cause });
    else if (now >= this.#lease.expiresAt) this.#expire();
    else this.#failed(now, cause);
  }

  #failed(now: number, cause: unknown): void {
    this.#lastFailure = cause;
    this.#rest(Math.min(now + renewalRetryMs(this.#lease.ttlMs, this.#parts.random), this.#lease.expiresAt));
    this.#listener.leaseEvent({ type: 'renewal-failed', cause });
  }

  #expire(): void {
    const { ttlMs } = this.#lease;
    const message = `Could not ${describeCall(this.#listener.renewalSubject, this.#parts.driver)} for ${ttlMs} ms: it has run out.`;
    const cause = new RegistryError('LEASE_NOT_FOUND', message, { cause: this.#lastFailure });
    this.#finish({ type: 'gone', cause });
  }

  #finish(event: LeaseEvent & { readonly cause: unknown }): void {
    this.stop(event.cause);
    this.#listener.leaseEvent(event);
  }

  #rest(dueAt: number): void {
    this.#step = 'resting';
    this.#parts.queue.set(this, dueAt);
  }

  /** Gives its place back, and tells the driver to end what it is doing. */
  #endAttempt(reason: unknown): void {
    if (this.#step === 'waiting') {
      this.#parts.gate.withdraw(this, 'renewal');
    } else if (this.#step === 'calling') {
      this.#step = 'resting';
      this.#attempt += 1;
      this.#call?.abort(reason);
      this.#call = undefined;
      this.#parts.gate.leave();
    }
  }
}

const renewed: LeaseEvent = { type: 'renewed' };
