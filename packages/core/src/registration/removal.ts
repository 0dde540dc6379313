import { abandonOn } from '../cancelling/abandon-on.ts';
import type { CallSubject } from '../driver/call-failure.ts';
import type { DriverLease } from '../driver/registry-driver.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import { pause } from '../time/pause.ts';
import { attemptPauseMs } from './renewal-timing.ts';

/** An entry that its owner no longer wants. */
export interface Unwanted {
  readonly service: string;
  readonly id: string;
  readonly lease: DriverLease;
}

/** Revokes a lease, once. That it is gone already is success. @throws RegistryError when the backend does not answer */
export async function revoke(parts: RegistryParts, { service, id, lease }: Unwanted): Promise<void> {
  const subject: CallSubject = { action: 'deregister the instance', service, id };
  try {
    await parts.calls.run({ ...subject, by: 'core', call: (options) => lease.revoke(options) });
  } catch (error) {
    if (!RegistryError.is(error, 'LEASE_NOT_FOUND') && !RegistryError.is(error, 'LEASE_SUPERSEDED')) throw error;
  }
}

/**
 * Revokes a lease again and again until the backend answers, or until the entry is gone by its TTL (R2). What could not be
 * removed is reported. Closing the registry ends the pauses: one last attempt, and the TTL has to do.
 * @returns a promise that rejects with the last failure when it was given up; nobody has to look at it
 */
export function removeUntilAnswered(parts: RegistryParts, unwanted: Unwanted): Promise<void> {
  const removing = remove(parts, unwanted);
  parts.unfinished.add(
    removing.catch((error: unknown) => {
      const { service, id } = unwanted;
      parts.diagnostics.report({ type: 'deregistration-failed', service, id, error });
    }),
  );
  return removing;
}

async function remove(parts: RegistryParts, unwanted: Unwanted): Promise<void> {
  const { clock, ending, random, driver } = parts;
  const goneBy = clock.now() + unwanted.lease.ttlMs + driver.capabilities.lease.maxExpiryLagMs;
  for (let attempt = 1; ; attempt += 1) {
    const isLast = ending.isAborted;
    try {
      return await revoke(parts, unwanted);
    } catch (error) {
      if (isLast || clock.now() >= goneBy) throw error;
    }
    using rest = pause(clock, attemptPauseMs(attempt, unwanted.lease.ttlMs, random));
    await abandonOn(ending, rest.over).catch(() => undefined);
  }
}
