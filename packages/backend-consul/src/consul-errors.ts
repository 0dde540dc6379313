import { RegistryError } from '@rollcall/core/driver';
import { ConsulFailure, isForbidden } from './agent/consul-failure.ts';

/** What a call was about, for its message (E2). */
export interface Attempt {
  /** As in "Could not …": `register`. */
  readonly action: string;
  readonly service?: string;
  readonly id?: string;
}

/** `register "orders/a" (consul at 127.0.0.1:8500)` */
export function describeAttempt({ action, service, id }: Attempt, address: string): string {
  const what = service === undefined ? '' : ` ${JSON.stringify(id === undefined ? service : `${service}/${id}`)}`;
  return `${action}${what} (consul at ${address})`;
}

/** A client error as a `RegistryError`; what is none of the client's stays as it is. */
export function consulError(attempt: Attempt, address: string, error: unknown): unknown {
  if (!(error instanceof ConsulFailure)) return error;
  const code = isForbidden(error) ? 'REGISTRY_FORBIDDEN' : 'REGISTRY_UNAVAILABLE';
  const text = `Could not ${describeAttempt(attempt, address)}: ${error.message.replace(/\.$/, '')}. ${adviceOn(error, address)}`;
  return new RegistryError(code, text, { cause: error });
}

function adviceOn(error: ConsulFailure, address: string): string {
  const { message } = error;
  if (isForbidden(error))
    return 'Check the token, and that its policies may read and write the service, and read its node.';
  if (/HTTPS server/.test(message)) return 'The agent speaks TLS there: write https:// in the address, or turn tls on.';
  if (/certificate|SSL|TLS|altnames/i.test(message))
    return 'Check tls.ca, tls.cert, tls.key and tls.serverName, and that the address speaks TLS.';
  if (/ECONNRESET|EPIPE|UND_ERR_SOCKET|other side closed/.test(message)) {
    const speech = address.startsWith('https:')
      ? 'that the address speaks TLS and whether it wants a certificate (tls.cert)'
      : 'whether the address speaks TLS';
    // What an agent does to whoever has too many connections is to close the next one, without a word.
    return `Check that the agent is up, ${speech}, and that its limits.http_max_conns_per_client is not reached.`;
  }
  return 'Check that the address is right and that the agent is up and can be reached from here.';
}
