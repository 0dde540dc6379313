import type { CallResult } from '@rollcall/balancer';
import type { ServiceInstance } from '@rollcall/core';

/** A call that begins. */
export interface StartedCall {
  /** The service that is called. */
  readonly service: string;
  /** The origin in the URL of the call, such as `http://orders`. */
  readonly origin: string;
  /** The HTTP method. */
  readonly method: string;
  /** Path and query, as they are sent. The query may hold what nobody else is to see. */
  readonly path: string;
}

/** One attempt of a call: one request to one instance. */
export interface CallAttempt {
  /** 1 for the first one. */
  readonly number: number;
  /** Whom it goes to. */
  readonly instance: ServiceInstance;
  /** The endpoint of the instance that it goes to, such as `http://10.0.0.5:8080`. */
  readonly url: string;
}

/** How an attempt ended: with an answer that was read to its end, with one that is passed over, or with an error. */
export interface AttemptEnd {
  /** What the balancer was told. */
  readonly result: CallResult;
  /** The status of the answer; undefined if there was none. */
  readonly status: number | undefined;
  /** Why there was no answer, or why it broke off; undefined if it did not. */
  readonly error: unknown;
}

/** How a call ended, for its caller. */
export interface CallEnd {
  /** How many attempts were made; 0 when there was nobody to call. */
  readonly attempts: number;
  /** The status that the caller got; undefined if it got none. */
  readonly status: number | undefined;
  /** The error that the caller got; undefined if it got the whole answer. */
  readonly error: unknown;
}

/** Hears of one call. What it throws is dropped. Attempts follow one another: the end of one is told before the next begins. */
export interface CallListener {
  /**
   * A request is about to be handed to a connection, or to be queued for one.
   * @returns headers to send with this attempt beside those of the call, over which they win; for the context of a trace
   */
  attemptStarted?(attempt: CallAttempt): Readonly<Record<string, string>> | undefined;
  /** It is over. */
  attemptEnded?(attempt: CallAttempt, end: AttemptEnd): void;
  /** The call is over. Told last, once. */
  callEnded?(end: CallEnd): void;
}

/** Hears of all calls to services: for metrics and traces. What it throws is dropped. */
export interface CallObserver {
  /**
   * A call begins. Called within `dispatch`, and so in the async context of whoever calls; attempts that follow the first one begin
   * in no context of theirs.
   * @returns what hears of this call
   */
  callStarted(call: StartedCall): CallListener | undefined;
}
