import { status } from '@grpc/grpc-js';

/** gRPC's codes that are looked at, as the plain numbers that errors carry. */
const codes: Readonly<Record<'unavailable' | 'unauthenticated' | 'permissionDenied' | 'outOfRange', number>> = {
  unavailable: status.UNAVAILABLE,
  unauthenticated: status.UNAUTHENTICATED,
  permissionDenied: status.PERMISSION_DENIED,
  outOfRange: status.OUT_OF_RANGE,
};

/** An error of a call: gRPC's code, and the server's or the transport's words. */
export interface RpcFailure extends Error {
  readonly code: number;
  readonly details: string;
}

/** Whether a call failed, on its way or at the server; anything else is a bug. */
export function isRpcFailure(error: unknown): error is RpcFailure {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

/** A call ended with this status: the server's, or one that the transport found words for. */
export class CallRefused extends Error implements RpcFailure {
  readonly code: number;
  readonly details: string;

  constructor(code: number, details: string) {
    super(`${details} (gRPC status ${code})`);
    this.code = code;
    this.details = details;
  }

  override get name(): string {
    return 'CallRefused';
  }
}

/** Something went wrong on this side of the network: nobody answered, or the connection was given up. */
export class ConnectionFailure extends Error implements RpcFailure {
  readonly code: number = codes.unavailable;
  readonly details: string;

  constructor(details: string, options?: ErrorOptions) {
    super(details, options);
    this.details = details;
  }

  override get name(): string {
    return 'ConnectionFailure';
  }
}

/** A request was not answered in time. The connection may stand all the same. */
export class NoAnswer extends ConnectionFailure {
  override get name(): string {
    return 'NoAnswer';
  }
}

/** Whether the server itself said this, so that the connection to it stands. */
export function isServersAnswer(error: RpcFailure): boolean {
  return error.details.startsWith('etcdserver:') || error.details.startsWith('auth:');
}

/** Whether this member cannot serve, while another one may: it has lost its leader or the majority. */
export function isMemberOutOfService(error: RpcFailure): boolean {
  return error.code === codes.unavailable && /no leader|timed out|server stopped|not ready/.test(error.details);
}

/**
 * Whether the token has run out, is older than the last change of rights, or was never given because authentication was off: a
 * new one helps, if there is somebody to log in.
 */
export function isTokenRefused(error: RpcFailure): boolean {
  return (
    error.code === codes.unauthenticated ||
    /invalid auth token|revision of auth store is old|user name is empty/.test(error.details)
  );
}

/** Whether the server refused for lack of rights, or does not know who asks. */
export function isForbidden(error: RpcFailure): boolean {
  return (
    error.code === codes.permissionDenied ||
    isTokenRefused(error) ||
    /permission denied|authentication failed|user name not found/.test(error.details)
  );
}

/** Whether the server knows no such lease. */
export function isLeaseGone(error: unknown): boolean {
  return isRpcFailure(error) && error.details.includes('requested lease not found');
}

/** Whether a lease of this ID stands already. */
export function isLeaseTaken(error: unknown): boolean {
  return isRpcFailure(error) && error.details.includes('lease already exists');
}

/** Whether the revision that was asked for is no longer, or not yet, part of the history. */
export function isRevisionGone(error: unknown): boolean {
  return isRpcFailure(error) && error.code === codes.outOfRange;
}

/** Whether authentication is off at the server, so that nobody needs a token. */
export function isAuthOff(error: RpcFailure): boolean {
  return error.details.includes('authentication is not enabled');
}
