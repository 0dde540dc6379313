import { abandonOn } from '../cancelling/abandon-on.ts';
import type { Stop } from '../cancelling/stop.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { ServiceInstance } from '../instance/instance.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import { pause } from '../time/pause.ts';
import { GrantAttempt, type Granted } from './grant-attempt.ts';
import { attemptPauseMs, regrantBoundMs } from './renewal-timing.ts';

/** A registration that has lost its entry and wants it back. */
export interface Bereaved {
  readonly ttlMs: number;
  readonly owner: string;
  /** Aborts when the registration is closed: nobody wants the entry any more. */
  readonly over: Stop;
  /** What to register: asked anew for each attempt, as it may change in between. */
  newest(): { readonly instance: ServiceInstance; readonly version: number };
  /** The attempt that is under way from now on, for whoever closes to disown. */
  attempting(attempt: GrantAttempt): void;
}

/** How it ended. */
export type RegrantOutcome =
  | { readonly type: 'regained'; readonly granted: Granted; readonly version: number; readonly attempts: number }
  | { readonly type: 'superseded'; readonly cause: unknown }
  | { readonly type: 'over' };

/**
 * Registers again, without end: at once, then with full jitter, capped at T/3 (R6). It takes nothing from a newer owner: an
 * entry of somebody else is the end. Never rejects.
 */
export async function regrant(parts: RegistryParts, bereaved: Bereaved): Promise<RegrantOutcome> {
  const { ttlMs, owner, over } = bereaved;
  const boundMs = regrantBoundMs(ttlMs, parts.callTimeoutMs);
  for (let attempts = 1; !over.isAborted; attempts += 1) {
    const { instance, version } = bereaved.newest();
    const attempt = new GrantAttempt(parts, { instance, ttlMs, owner, onConflict: 'reject', boundMs });
    bereaved.attempting(attempt);
    try {
      const granted = await attempt.granted;
      return { type: 'regained', granted, version, attempts };
    } catch (error) {
      if (over.isAborted) break;
      if (RegistryError.is(error, 'INSTANCE_ALREADY_REGISTERED'))
        return { type: 'superseded', cause: superseded(error) };
      const { service, id } = instance;
      parts.diagnostics.report({ type: 'reregistration-failed', service, id, attempt: attempts, error });
    }
    using rest = pause(parts.clock, attemptPauseMs(attempts, ttlMs, parts.random));
    const next = Promise.all([attempt.settled, rest.over]);
    await abandonOn(over, next).catch(() => undefined);
  }
  return { type: 'over' };
}

function superseded(cause: RegistryError): RegistryError {
  return new RegistryError('LEASE_SUPERSEDED', `Another owner has taken the entry meanwhile. ${cause.message}`, {
    cause,
  });
}
