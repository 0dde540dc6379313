/**
 * Why a server could not be provided, as a stable code. Codes never change; messages may.
 *
 * - `SERVER_FAILED`: it did not come to listen; `cause` has what it said, such as `EADDRINUSE`.
 * - `SERVER_CLOSED`: it was closed before it was up.
 * - `ADDRESS_UNUSABLE`: there is no address that others can reach, or there are several and none was chosen.
 * - `PROVIDER_STOPPED`: a signal came before it was up. The server is closed and the entry is gone.
 */
export type ProviderErrorCode = 'SERVER_FAILED' | 'SERVER_CLOSED' | 'ADDRESS_UNUSABLE' | 'PROVIDER_STOPPED';

/** Under this key every copy of the package recognises the errors of every other copy. */
const brand = Symbol.for('@rollcall/provider.ProviderError');

/** What `provide` rejects with where neither misuse nor the registry is the cause. */
export class ProviderError extends Error {
  /** What went wrong. Stable: decide by it, not by the message. */
  readonly code: ProviderErrorCode;

  /**
   * For servers of other kinds, which tell why they do not listen.
   * @param message what was attempted, on what, why it failed, and what to do
   * @param options `cause`: what the server said
   */
  constructor(code: ProviderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Always `ProviderError`. */
  override get name(): string {
    return 'ProviderError';
  }

  /** Whether `error` is a `ProviderError`, of this `code` if one is given. Survives duplicated copies of the package. */
  static is(error: unknown, code?: ProviderErrorCode): error is ProviderError {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false;
    return code === undefined || ('code' in error && error.code === code);
  }
}
