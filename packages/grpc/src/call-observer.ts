import type { CallResult } from '@rollcall/balancer';
import type { ServiceInstance } from '@rollcall/core';

/** A call that begins. */
export interface StartedCall {
  /** The service that is called. */
  readonly service: string;
  /** The full method, such as `shop.Orders/Get`. */
  readonly method: string;
}

/** One attempt of a call: one stream to one instance. */
export interface CallAttempt {
  /** 1 for the first one. */
  readonly number: number;
  /** Whom it goes to. */
  readonly instance: ServiceInstance;
  /** The first of the endpoints at which the instance is called, such as `grpc://10.0.0.5:8080`. */
  readonly url: string;
}

/** How an attempt ended. */
export interface AttemptEnd {
  /** What the balancer was told. `ignored` also where the attempt was given up before it was sent. */
  readonly result: CallResult;
  /** The name of its status, such as `OK` or `UNAVAILABLE`; undefined if it was given up before it was sent. */
  readonly status: string | undefined;
}

/** How a call ended, for its caller. */
export interface CallEnd {
  /** How many attempts were made; 0 when there was nobody to call. */
  readonly attempts: number;
  /** The name of the status that the caller got, such as `OK` or `UNAVAILABLE`. */
  readonly status: string;
}

/**
 * Hears of one call. What it throws is dropped. Attempts follow one another: the end of one is told before the next begins. Those that a hedging
 * policy makes beside another one are not told.
 */
export interface CallListener {
  /**
   * An instance was chosen, and the call is about to be sent to it.
   * @returns metadata to send with this attempt, in place of what the call has of the same keys; for the context of a trace
   */
  attemptStarted?(attempt: CallAttempt): Readonly<Record<string, string>> | undefined;
  /** It is over. */
  attemptEnded?(attempt: CallAttempt, end: AttemptEnd): void;
  /** The call is over. Told last, once. */
  callEnded?(end: CallEnd): void;
}

/** Hears of the calls of a client: for metrics and traces. What it throws is dropped. */
export interface CallObserver {
  /**
   * A call begins. Called in the async context of whoever calls; attempts begin in no context of theirs.
   * @returns what hears of this call
   */
  callStarted(call: StartedCall): CallListener | undefined;
}
