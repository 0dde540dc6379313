import { reasonOf } from '../errors/reason-of.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { RegistryDriver } from './registry-driver.ts';

/** What a call is about, for messages (E2). */
export interface CallSubject {
  /** What is attempted, as in "Could not …": `list the instances`. */
  readonly action: string;
  readonly service?: string | undefined;
  readonly id?: string | undefined;
}

type Place = Pick<RegistryDriver, 'name' | 'address'>;

/** `list the instances of "orders" (etcd at 10.0.0.1:2379)` */
export function describeCall({ action, service, id }: CallSubject, { name, address }: Place): string {
  const what = service === undefined ? '' : ` of ${JSON.stringify(id === undefined ? service : `${service}/${id}`)}`;
  return `${action}${what} (${name} at ${address})`;
}

/** The error for a call that got no answer in time (E3): its outcome may be unknown. */
export function noAnswer(subject: CallSubject, place: Place, boundMs: number): RegistryError {
  return new RegistryError(
    'REGISTRY_UNAVAILABLE',
    `Could not ${describeCall(subject, place)}: no answer within ${Math.round(boundMs)} ms. ` +
      'Check that the backend is up and can be reached from here.',
  );
}

/** What a driver threw, as a `RegistryError`: its own as they are, anything else is a bug (E1). */
export function callFailure(error: unknown, subject: CallSubject, place: Place): RegistryError {
  if (RegistryError.is(error)) return error;
  return new RegistryError('REGISTRY_INTERNAL', `Could not ${describeCall(subject, place)}: ${reasonOf(error)}`, {
    cause: error,
  });
}
