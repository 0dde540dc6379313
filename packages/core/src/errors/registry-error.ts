/**
 * What went wrong, as a stable code. Codes never change; messages may.
 *
 * - `REGISTRY_UNAVAILABLE`: the backend did not answer, or not in time. The only retryable one; the outcome may be unknown.
 * - `REGISTRY_FORBIDDEN`: the backend refused for lack of rights.
 * - `REGISTRY_UNSUPPORTED`: this backend cannot do it; `capabilities` tells beforehand.
 * - `REGISTRY_CLOSED`: the registry was closed.
 * - `REGISTRY_INTERNAL`: a bug, in a driver or in Rollcall; `cause` has what was thrown.
 * - `INSTANCE_ALREADY_REGISTERED`: a live entry of another owner stands, and `onConflict` is `'reject'` (R4).
 * - `INSTANCE_MALFORMED`: a record that cannot be decoded; only as the `error` of a diagnostic (D5).
 * - `LEASE_NOT_FOUND`: the lease or its entry is gone, or the registration is over.
 * - `LEASE_SUPERSEDED`: another owner has taken the entry (R3).
 */
export type RegistryErrorCode =
  | 'REGISTRY_UNAVAILABLE'
  | 'REGISTRY_FORBIDDEN'
  | 'REGISTRY_UNSUPPORTED'
  | 'REGISTRY_CLOSED'
  | 'REGISTRY_INTERNAL'
  | 'INSTANCE_ALREADY_REGISTERED'
  | 'INSTANCE_MALFORMED'
  | 'LEASE_NOT_FOUND'
  | 'LEASE_SUPERSEDED';

/** Under this key every copy of the package recognises the errors of every other copy. */
const brand = Symbol.for('@rollcall/core.RegistryError');

/**
 * Every failure a caller may want to handle (E1). Misuse is a `TypeError` instead; an absent service or instance is
 * never an error (D2). The message says what was attempted, on what and where; `cause` holds the client's own error (E2).
 */
export class RegistryError extends Error {
  /** What went wrong. Stable: decide by it, not by the message (E1). */
  readonly code: RegistryErrorCode;
  /** Whether the same call may succeed later. True for `REGISTRY_UNAVAILABLE` alone (E1). */
  readonly retryable: boolean;

  /**
   * For drivers, which translate what their client throws.
   * @param message what was attempted, on which service, against which backend and address; no credentials (E2)
   * @param options `cause`: the client's own error
   */
  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'REGISTRY_UNAVAILABLE';
    Object.defineProperty(this, brand, { value: true });
  }

  /** Always `RegistryError`. */
  override get name(): string {
    return 'RegistryError';
  }

  /** Whether `error` is a `RegistryError`, of this `code` if one is given. Survives duplicated copies of the package. */
  static is(error: unknown, code?: RegistryErrorCode): error is RegistryError {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false;
    return code === undefined || ('code' in error && error.code === code);
  }
}
