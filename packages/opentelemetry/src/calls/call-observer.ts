import type { CallResult } from '@rollcall/balancer';
import type { ServiceInstance } from '@rollcall/core';

/** A call that begins. */
export interface CallStart {
  /** The service that is called. */
  readonly service: string;
  /** Of HTTP as it is sent; of gRPC the full one, such as `shop.Orders/Get`. */
  readonly method: string;
  /** Of HTTP: what stands behind `?` or `#` in it is told to nobody. @defaultValue not told */
  readonly path?: string | undefined;
}

/** One attempt of a call. */
export interface AttemptStart {
  /** 1 for the first one. */
  readonly number: number;
  /** Whom it goes to. */
  readonly instance: Pick<ServiceInstance, 'id'>;
  /** The endpoint that it goes to, such as `http://10.0.0.5:8080`. */
  readonly url: string;
}

/** How an attempt ended. */
export interface AttemptEnd extends CallEnd {
  /** What the balancer was told. */
  readonly result: CallResult;
}

/** How a call ended, for its caller. */
export interface CallEnd {
  /** What was answered: a status such as 503, or a name of gRPC such as `UNAVAILABLE`. @defaultValue no answer */
  readonly status?: number | string | undefined;
  /** Why there was no answer, or why it broke off. @defaultValue it did not */
  readonly error?: unknown;
}

/** Hears of one call. Never throws. */
export interface CallListener {
  /**
   * An attempt begins.
   * @returns headers to send with it in place of those of the same name, so that the server's spans belong to it; often none
   */
  attemptStarted(attempt: AttemptStart): Readonly<Record<string, string>>;
  /** It is over; the next one begins after that. */
  attemptEnded(attempt: AttemptStart, end: AttemptEnd): void;
  /** The call is over. To be told last, once. */
  callEnded(end: CallEnd): void;
}

/** Hears of all calls of a client. Never throws. */
export interface CallObserver {
  /** A call begins: to be told in the async context of its caller, whose span is the parent of all attempts. */
  callStarted(call: CallStart): CallListener;
}
