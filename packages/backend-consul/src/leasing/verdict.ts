import { RegistryError } from '@rollcall/core/driver';
import { describeAttempt } from '../consul-errors.ts';
import type { ConsulStore } from '../consul-store.ts';
import type { ConsulEntry } from '../layout/consul-entry.ts';
import { isNewer, type Standing } from '../layout/standing.ts';

/** An entry that somebody believes to be theirs. */
export interface HeldEntry {
  readonly service: string;
  readonly instanceId: string;
  readonly serviceId: string;
  readonly owner: string;
  /** Whether what stands is what was written, or may have been. */
  isWritten(entry: ConsulEntry): boolean;
}

/**
 * What to tell the owner of an entry by what stands in the catalog; undefined while it stands, passes, and counts (L6).
 * @param action what was attempted, for the message
 */
export function verdict(
  store: ConsulStore,
  action: string,
  held: HeldEntry,
  { all, newest }: Standing,
): RegistryError | undefined {
  const { service, instanceId: id, serviceId, owner } = held;
  const own = all.get(serviceId);
  const first = newest.get(id);
  const attempt = describeAttempt({ action, service, id }, store.address);
  const isTaken = first !== undefined && first.serviceId !== serviceId && (own === undefined || isNewer(first, own));
  if (isTaken && first.isPassing && first.owner !== owner)
    return new RegistryError('LEASE_SUPERSEDED', `Could not ${attempt}: another owner has taken the entry.`);
  if (own === undefined) return new RegistryError('LEASE_NOT_FOUND', `Could not ${attempt}: the entry is gone.`);
  if (isTaken)
    return new RegistryError(
      'LEASE_NOT_FOUND',
      `Could not ${attempt}: a newer entry of its own, or of somebody who is dead, hides it.`,
    );
  if (!own.isPassing)
    return new RegistryError(
      'LEASE_NOT_FOUND',
      `Could not ${attempt}: its check is not passing, so that nobody sees it.`,
    );
  if (!held.isWritten(own))
    return new RegistryError('LEASE_NOT_FOUND', `Could not ${attempt}: somebody else has overwritten the entry.`);
  return undefined;
}

/** What to tell the owner of a lease whose time is over. */
export function expired({ service, instanceId: id }: HeldEntry, address: string): RegistryError {
  const attempt = describeAttempt({ action: 'renew the lease of', service, id }, address);
  return new RegistryError('LEASE_NOT_FOUND', `Could not ${attempt}: the lease has run out.`);
}
