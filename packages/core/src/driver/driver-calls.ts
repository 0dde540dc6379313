import type { Stop } from '../cancelling/stop.ts';
import { LateSignal } from '../cancelling/late-signal.ts';
import type { DeadlineQueue } from '../time/deadline-queue.ts';
import type { Sleeper } from '../time/sleeper.ts';
import type { Clock } from '../time/clock.ts';
import { callFailure, type CallSubject, noAnswer } from './call-failure.ts';
import type { CallGate, Entrant } from './call-gate.ts';
import type { DriverCallOptions, RegistryDriver } from './registry-driver.ts';

/** One call to a driver. */
export interface CallRequest<T> extends CallSubject {
  /** Makes the call. It is told to end by the signal; whatever it comes to after that is dropped. */
  readonly call: (options: DriverCallOptions) => Promise<T>;
  /** The caller's, who is rejected with its reason at once (C1). */
  readonly stop?: Stop | undefined;
  /** `user`: ends when the registry closes (C3). `core`: cleaning up, which closing waits for. */
  readonly by: 'user' | 'core';
  /** Bound on the call once it is sent, in milliseconds; `callTimeoutMs` unless told. */
  readonly boundMs?: number | undefined;
}

interface CallTools {
  readonly driver: RegistryDriver;
  readonly clock: Clock;
  readonly queue: DeadlineQueue;
  readonly gate: CallGate;
  readonly callTimeoutMs: number;
}

/** What a call has come to. Told once, in the turn in which the driver answers. */
export interface CallOutcome<T> {
  readonly resolve: (value: T) => void;
  /** With a RegistryError, or the reason of an aborted `stop`. */
  readonly reject: (reason: unknown) => void;
}

/** The one door to a driver for everything but renewals: a place in flight, the caller's signal, a bound in time, errors that tell (E1–E3). */
export class DriverCalls {
  readonly #tools: PendingTools;
  readonly #users = new Set<Cancellable>();

  constructor(tools: CallTools) {
    this.#tools = { ...tools, users: this.#users };
  }

  /** @throws RegistryError what the driver threw, or `REGISTRY_UNAVAILABLE` when its bound passes; the reason of an aborted `stop` */
  run<T>(request: CallRequest<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => this.start(request, { resolve, reject }));
  }

  /** The same for whoever needs no promise. */
  start<T>(request: CallRequest<T>, outcome: CallOutcome<T>): void {
    const { stop } = request;
    if (stop?.isAborted === true) return outcome.reject(stop.reason);
    new PendingCall(this.#tools, request, outcome).enter();
  }

  /** Rejects every call of a user's that is under way or waits (C3). */
  cancelUsers(reason: unknown): void {
    // Those that wait go first: they must not be sent in the places of those that end.
    for (const call of this.#users) if (call.isWaiting) call.cancel(reason);
    for (const call of this.#users) call.cancel(reason);
  }
}

interface Cancellable {
  readonly isWaiting: boolean;
  cancel(reason: unknown): void;
}

interface PendingTools extends CallTools {
  /** The calls of users that are under way or wait. */
  readonly users: Set<Cancellable>;
}

class PendingCall<T> implements Entrant, Sleeper, Cancellable {
  dueAt: number = Infinity;
  queuedAt: number = Infinity;
  readonly #tools: PendingTools;
  readonly #request: CallRequest<T>;
  readonly #outcome: CallOutcome<T>;
  readonly #end = new LateSignal();
  /** Takes back what is held on the caller's signal. */
  #letGo: (() => void) | undefined;
  #step: 'waiting' | 'sent' | 'over' = 'waiting';

  constructor(tools: PendingTools, request: CallRequest<T>, outcome: CallOutcome<T>) {
    this.#tools = tools;
    this.#request = request;
    this.#outcome = outcome;
  }

  enter(): void {
    const { stop, by } = this.#request;
    this.#letGo = stop?.onAbort(() => this.cancel(stop.reason));
    if (by === 'user') this.#tools.users.add(this);
    this.#tools.gate.enter(this, 'other');
  }

  get isWaiting(): boolean {
    return this.#step === 'waiting';
  }

  admitted(): void {
    const { stop } = this.#request;
    this.#step = 'sent';
    // Its turn may have come because another call with the same signal ended.
    if (stop?.isAborted === true) return this.cancel(stop.reason);
    void this.#send();
    void this.#bound();
  }

  /** The bound has passed. */
  wake(): void {
    this.cancel(noAnswer(this.#request, this.#tools.driver, this.#boundMs));
  }

  cancel(reason: unknown): void {
    if (!this.#finish()) return;
    this.#end.abort(reason);
    this.#outcome.reject(reason);
  }

  get #boundMs(): number {
    return this.#request.boundMs ?? this.#tools.callTimeoutMs;
  }

  async #send(): Promise<void> {
    try {
      const value = await this.#request.call(this.#end);
      if (this.#finish()) this.#outcome.resolve(value);
    } catch (error) {
      if (this.#finish()) this.#outcome.reject(callFailure(error, this.#request, this.#tools.driver));
    }
  }

  /** Behind the answer of a driver that gives it within the call: that needs no bound, and a timer costs more than such a call does. */
  async #bound(): Promise<void> {
    await Promise.resolve();
    const { clock, queue } = this.#tools;
    if (this.#step === 'sent') queue.set(this, clock.now() + this.#boundMs);
  }

  /** @returns whether it was not over before */
  #finish(): boolean {
    if (this.#step === 'over') return false;
    const { gate, queue, users } = this.#tools;
    const wasWaiting = this.isWaiting;
    this.#step = 'over';
    queue.cancel(this);
    users.delete(this);
    this.#letGo?.();
    if (wasWaiting) gate.withdraw(this, 'other');
    else gate.leave();
    return true;
  }
}
