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

/** The one door to a driver for everything but renewals: a place in flight, the caller's signal, a bound in time, errors that tell (E1–E3). */
export class DriverCalls {
  readonly #tools: CallTools;
  readonly #users = new Set<Cancellable>();

  constructor(tools: CallTools) {
    this.#tools = tools;
  }

  /** @throws RegistryError what the driver threw, or `REGISTRY_UNAVAILABLE` when its bound passes; the reason of an aborted `stop` */
  run<T>(request: CallRequest<T>): Promise<T> {
    const { stop, by } = request;
    if (stop?.isAborted === true) return Promise.reject(stop.reason);
    return new Promise<T>((resolve, reject) => {
      const call = new PendingCall(this.#tools, request, {
        resolve,
        reject,
        over: () => {
          takeBack?.();
          this.#users.delete(call);
        },
      });
      const takeBack = stop?.onAbort(() => call.cancel(stop.reason));
      if (by === 'user') this.#users.add(call);
      this.#tools.gate.enter(call, 'other');
    });
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

interface Settling<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
  readonly over: () => void;
}

class PendingCall<T> implements Entrant, Sleeper, Cancellable {
  dueAt: number = Infinity;
  queuedAt: number = Infinity;
  readonly #tools: CallTools;
  readonly #request: CallRequest<T>;
  readonly #settling: Settling<T>;
  readonly #end = new LateSignal();
  #step: 'waiting' | 'sent' | 'over' = 'waiting';

  constructor(tools: CallTools, request: CallRequest<T>, settling: Settling<T>) {
    this.#tools = tools;
    this.#request = request;
    this.#settling = settling;
  }

  get isWaiting(): boolean {
    return this.#step === 'waiting';
  }

  admitted(): void {
    const { clock, queue } = this.#tools;
    const { stop } = this.#request;
    this.#step = 'sent';
    // Its turn may have come because another call with the same signal ended.
    if (stop?.isAborted === true) return this.cancel(stop.reason);
    queue.set(this, clock.now() + this.#boundMs);
    void this.#send();
  }

  /** The bound has passed. */
  wake(): void {
    this.cancel(noAnswer(this.#request, this.#tools.driver, this.#boundMs));
  }

  cancel(reason: unknown): void {
    if (!this.#finish()) return;
    this.#end.abort(reason);
    this.#settling.reject(reason);
  }

  get #boundMs(): number {
    return this.#request.boundMs ?? this.#tools.callTimeoutMs;
  }

  async #send(): Promise<void> {
    try {
      const value = await this.#request.call(this.#end);
      if (this.#finish()) this.#settling.resolve(value);
    } catch (error) {
      if (this.#finish()) this.#settling.reject(callFailure(error, this.#request, this.#tools.driver));
    }
  }

  /** @returns whether it was not over before */
  #finish(): boolean {
    if (this.#step === 'over') return false;
    const { gate, queue } = this.#tools;
    const wasWaiting = this.isWaiting;
    this.#step = 'over';
    queue.cancel(this);
    this.#settling.over();
    if (wasWaiting) gate.withdraw(this, 'other');
    else gate.leave();
    return true;
  }
}
