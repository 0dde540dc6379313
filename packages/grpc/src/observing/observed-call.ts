import { type Metadata, status } from '@grpc/grpc-js';
import { guarded } from '@rollcall/core/driver';
import type { CallAttempt, CallListener, CallObserver, StartedCall } from '../call-observer.ts';
import { callResult } from '../balancing/call-result.ts';

/** Whom an attempt goes to. */
export type AttemptTarget = Omit<CallAttempt, 'number'>;

/** A call that an observer hears of. */
export class ObservedCall {
  readonly #listener: CallListener;
  #attempts = 0;
  /** The one that is told and not over. */
  #current: { readonly attempt: CallAttempt; isSent: boolean } | undefined;

  private constructor(listener: CallListener) {
    this.#listener = listener;
  }

  /** Undefined if the observer does not want to hear of it. */
  static begin(observer: CallObserver, call: StartedCall): ObservedCall | undefined {
    const listener = guarded(() => observer.callStarted(call));
    return listener && new ObservedCall(listener);
  }

  /**
   * An instance was picked for the call. grpc-js may pick again instead of sending it.
   * @param metadata what is sent with the attempt; the observer's is added
   * @returns undefined if another attempt is under way
   */
  picked(target: AttemptTarget, metadata: Metadata): ObservedAttempt | undefined {
    if (this.#current?.isSent === true) return undefined;
    this.#end('ignored', undefined);
    this.#attempts += 1;
    const current = { attempt: { number: this.#attempts, ...target }, isSent: false };
    this.#current = current;
    const more = guarded(() => this.#listener.attemptStarted?.(current.attempt)) ?? {};
    for (const [key, value] of Object.entries(more)) guarded(() => metadata.set(key, value));
    return {
      sent: () => {
        current.isSent = true;
      },
      ended: (code) => {
        if (this.#current === current) this.#end(callResult(code), code);
      },
    };
  }

  /** The caller gets this status. */
  ended(code: status): void {
    if (this.#current?.isSent === true) this.#end(callResult(code), code);
    else this.#end('ignored', undefined);
    guarded(() => this.#listener.callEnded?.({ attempts: this.#attempts, status: status[code] }));
  }

  #end(result: ReturnType<typeof callResult>, code: status | undefined): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    const end = { result, status: code === undefined ? undefined : status[code] };
    guarded(() => this.#listener.attemptEnded?.(current.attempt, end));
  }
}

/** An attempt that was told. */
export interface ObservedAttempt {
  sent(): void;
  ended(code: status): void;
}
