import { RegistryError } from '@rollcall/core/driver';
import { abortable } from './abortable.ts';
import { ConnectionError } from './store/connection-error.ts';

/** What a call is about, for its message (E2). */
export interface Subject {
  /** As in "Could not …": `register`. */
  readonly action: string;
  readonly service?: string;
  readonly id?: string;
}

/** One call to the store: it ends with its signal (C1), and what the connection throws becomes a `RegistryError` (E1, E2). */
export async function attempt<T>(
  subject: Subject,
  address: string,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  // C1: a signal that was aborted beforehand rejects before the call has any effect.
  signal.throwIfAborted();
  try {
    return await abortable(signal, call());
  } catch (error) {
    throw told(error, subject, address);
  }
}

/** E1: what the connection threw, as what users may handle. Everything else stays as it is: a reason (C1), a verdict, a bug. */
export function told(error: unknown, subject: Subject, address: string): unknown {
  if (!(error instanceof ConnectionError)) return error;
  const what = `Could not ${described(subject, address)}: ${error.message}.`;
  switch (error.reason) {
    case 'closed':
      return new RegistryError('REGISTRY_CLOSED', what, { cause: error });
    case 'lost':
      // D2: a failure is a rejection, never an empty answer. E2: it says what to do, and `cause` has the client's own error.
      return new RegistryError('REGISTRY_UNAVAILABLE', `${what} ${advice}`, { cause: error });
  }
}

const advice = 'Check that the store is up and can be reached from here.';

/** E2: `register "orders/a" (key-value at 10.0.0.1:6379)`. No credentials are part of an address. */
export function described({ action, service, id }: Subject, address: string): string {
  const what = service === undefined ? '' : ` ${JSON.stringify(id === undefined ? service : `${service}/${id}`)}`;
  return `${action}${what} (key-value at ${address})`;
}
