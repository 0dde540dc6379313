import { RegistryError, type RegistryErrorCode } from '@rollcall/core/driver';
import { isForbidden, isRpcFailure, type RpcFailure } from './connection/rpc-failure.ts';

/** What a call was about, for its message (E2). */
export interface Attempt {
  /** As in "Could not …": `register`. */
  readonly action: string;
  readonly service?: string;
  readonly id?: string;
}

/** `register "orders/a" (etcd at 10.0.0.1:2379)` */
export function describeAttempt({ action, service, id }: Attempt, address: string): string {
  const what = service === undefined ? '' : ` ${JSON.stringify(id === undefined ? service : `${service}/${id}`)}`;
  return `${action}${what} (etcd at ${address})`;
}

/** A client error as a `RegistryError`; what is none of the client's stays as it is. */
export function etcdError(attempt: Attempt, address: string, error: unknown): unknown {
  if (RegistryError.is(error) || !isRpcFailure(error)) return error;
  const code = codeOf(error);
  const advice = adviceOn(code, error);
  return new RegistryError(code, `Could not ${describeAttempt(attempt, address)}: ${error.details}. ${advice}`, {
    cause: error,
  });
}

/**
 * Refusals are told as such. All else may be over the next time, whatever its gRPC code: what a network or a server in trouble
 * answers has many, and none of them may end a watch for good (W8) or pass for an absence (D2).
 */
function codeOf(error: RpcFailure): RegistryErrorCode {
  return isForbidden(error) ? 'REGISTRY_FORBIDDEN' : 'REGISTRY_UNAVAILABLE';
}

function adviceOn(code: RegistryErrorCode, { details }: RpcFailure): string {
  if (code === 'REGISTRY_FORBIDDEN')
    return 'Check user and password, and that the role may read and write the key prefix.';
  if (/certificate|SSL|TLS|altnames/i.test(details))
    return 'Check tls.ca, tls.cert, tls.key and tls.serverName, and that the endpoint speaks TLS.';
  // A port of TLS closes or resets what is no TLS without a word, which is all that gRPC can say of it.
  if (/Failed to connect|No connection established.*(ECONNRESET|EPIPE)/.test(details))
    return 'Check that the port is the one for clients, and whether it speaks TLS: https://, or the options of tls.';
  return 'Check that the endpoints are right and that etcd is up and can be reached from here.';
}
