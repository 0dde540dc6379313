/**
 * Why nobody can be picked, as a stable code. Codes never change; messages may.
 *
 * - `NONE_LISTED`: the service has no instances, as far as the source knows.
 * - `NONE_ELIGIBLE`: there are some, and none is `up` with a weight above 0.
 * - `NONE_SELECTED`: some are eligible, and the filters left none of them.
 * - `BALANCER_CLOSED`: the balancer was closed.
 */
export type NoInstanceErrorCode = 'NONE_LISTED' | 'NONE_ELIGIBLE' | 'NONE_SELECTED' | 'BALANCER_CLOSED';

/** Under this key every copy of the package recognises the errors of every other copy. */
const brand = Symbol.for('@rollcall/balancer.NoInstanceError');

/** What there is no instance of, and why. */
export interface NoInstanceSubject {
  /** Why there is none. */
  readonly code: NoInstanceErrorCode;
  /** The service. */
  readonly service: string;
}

/** What `pick` and `acquire` throw when there is nobody to call. The message counts who is listed, and says what kept each out. */
export class NoInstanceError extends Error {
  /** Why. Stable: decide by it, not by the message. */
  readonly code: NoInstanceErrorCode;
  /** The service of which an instance was asked for. */
  readonly service: string;

  /**
   * For balancers of other kinds.
   * @param message which service, and why there is nobody
   * @param options `cause`: what a filter threw
   */
  constructor({ code, service }: NoInstanceSubject, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.service = service;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Always `NoInstanceError`. */
  override get name(): string {
    return 'NoInstanceError';
  }

  /** Whether `error` is a `NoInstanceError`, of this `code` if one is given. Survives duplicated copies of the package. */
  static is(error: unknown, code?: NoInstanceErrorCode): error is NoInstanceError {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false;
    return code === undefined || ('code' in error && error.code === code);
  }
}
