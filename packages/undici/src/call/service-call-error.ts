/**
 * What became of a call, as a stable code. Codes never change; messages may.
 *
 * - `CALL_NOT_SENT`: no instance was reached, and none has got the request.
 * - `CALL_UNANSWERED`: it was sent, and no answer came. It may have been carried out.
 * - `CALL_ANSWER_BROKEN`: an answer began, and broke off.
 */
export type ServiceCallErrorCode = 'CALL_NOT_SENT' | 'CALL_UNANSWERED' | 'CALL_ANSWER_BROKEN';

/** An attempt that failed. */
export interface FailedAttempt {
  /** The id of the instance. */
  readonly id: string;
  /** The endpoint that was called. */
  readonly url: string;
  /** Whether some of the request may have been sent. */
  readonly sent: boolean;
  /** The status of the answer, if there was one. */
  readonly status: number | undefined;
  /** What undici said, if there was no whole answer. */
  readonly error: unknown;
}

/** What failed. */
export interface ServiceCallSubject {
  /** What became of the call. */
  readonly code: ServiceCallErrorCode;
  /** The service that was called. */
  readonly service: string;
  /** In order. */
  readonly attempts: readonly FailedAttempt[];
}

/** Under this key every copy of the package recognises the errors of every other copy. */
const brand = Symbol.for('@rollcall/undici.ServiceCallError');

/**
 * A call that no instance answered. The message has every attempt; `cause` is the error of the last one, as undici gave it. What `fetch`
 * rejects with is a `TypeError`, and this is its `cause`.
 */
export class ServiceCallError extends Error {
  /** What became of the call. Stable: decide by it, not by the message. */
  readonly code: ServiceCallErrorCode;
  /** The service that was called. */
  readonly service: string;
  /** Every attempt, in order. Frozen. */
  readonly attempts: readonly FailedAttempt[];

  /**
   * For interceptors, and for tests of callers.
   * @param message what was called, on whom, and why it failed; without queries, which may hold credentials
   * @param options `cause`: the error of the last attempt
   */
  constructor({ code, service, attempts }: ServiceCallSubject, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.service = service;
    this.attempts = Object.freeze([...attempts]);
    Object.defineProperty(this, brand, { value: true });
  }

  /** Always `ServiceCallError`. */
  override get name(): string {
    return 'ServiceCallError';
  }

  /** Whether `error` is a `ServiceCallError`, of this `code` if one is given. Survives duplicated copies of the package. */
  static is(error: unknown, code?: ServiceCallErrorCode): error is ServiceCallError {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false;
    return code === undefined || ('code' in error && error.code === code);
  }
}
