import { abandonOn } from '../cancelling/abandon-on.ts';
import type { BackendCapabilities } from '../driver/registry-driver.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { ServiceInstance } from '../instance/instance.ts';
import {
  functionOption,
  millisecondsOption,
  readOptions,
  signalOption,
  wordOption,
} from '../registry/option-checks.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import { pause } from '../time/pause.ts';
import { GrantAttempt, type Granted } from './grant-attempt.ts';
import { Hold, type HoldTerms } from './hold.ts';
import { grantableTtlMs } from './lease-terms.ts';
import { attemptPauseMs } from './renewal-timing.ts';
import type { OnConflict, RegisterOptions, RegistrationStateChange } from './registration.ts';

/** `RegisterOptions`, complete and checked. */
export interface RegisterTerms extends Omit<HoldTerms, 'owner'> {
  readonly onConflict: OnConflict;
  readonly onUnavailable: 'reject' | 'retry';
  readonly signal: AbortSignal | undefined;
}

/**
 * The only place that reads `RegisterOptions`.
 * @throws TypeError that names the key (I6, L1); RegistryError `REGISTRY_UNSUPPORTED` for what the backend cannot do (R4)
 */
export function registerTerms(options: RegisterOptions | undefined, capabilities: BackendCapabilities): RegisterTerms {
  const given = readOptions(options, ['signal', 'ttlMs', 'onConflict', 'onUnavailable', 'onLost', 'onStateChange']);
  const terms: RegisterTerms = {
    signal: signalOption(given),
    ttlMs: grantableTtlMs(millisecondsOption(given, 'ttlMs', 15_000), capabilities.lease),
    onConflict: wordOption(given, 'onConflict', ['replace', 'reject']),
    onUnavailable: wordOption(given, 'onUnavailable', ['reject', 'retry']),
    onLost: wordOption(given, 'onLost', ['reregister', 'close']),
    onStateChange: functionOption<(change: RegistrationStateChange) => void>(given, 'onStateChange'),
  };
  if (!capabilities.conflict.includes(terms.onConflict))
    throw new RegistryError(
      'REGISTRY_UNSUPPORTED',
      `options.onConflict: this backend cannot '${terms.onConflict}' atomically; it can: ${capabilities.conflict.join(', ')}.`,
    );
  return terms;
}

/**
 * The first lease of an instance, and from then on the hold of it (R1). While the backend is out of reach it goes on with
 * backoff if the terms say so (R9). Whoever is aborted, or meets the end of the registry, leaves nothing behind (R2).
 */
export async function register(
  parts: RegistryParts,
  instance: ServiceInstance,
  owner: string,
  terms: RegisterTerms,
): Promise<Hold> {
  const { ttlMs, onConflict, signal } = terms;
  for (let attempts = 1; ; attempts += 1) {
    const attempt = new GrantAttempt(parts, { instance, ttlMs, onConflict, owner });
    try {
      const granted = await orEnd(parts, signal, attempt.granted);
      return hold(parts, instance, granted, { ...terms, owner });
    } catch (error) {
      attempt.disown().catch(() => undefined); // a removal that is given up has been reported
      if (isOver(parts, signal) || terms.onUnavailable === 'reject' || !isUnavailable(error)) throw error;
    }
    using rest = pause(parts.clock, attemptPauseMs(attempts, ttlMs, parts.random));
    await orEnd(parts, signal, Promise.all([attempt.settled, rest.over]));
  }
}

/** Only while somebody wants it: between the answer and here, its caller may have been aborted. */
function hold(
  parts: RegistryParts,
  instance: ServiceInstance,
  granted: Granted,
  terms: RegisterTerms & HoldTerms,
): Hold {
  terms.signal?.throwIfAborted();
  if (parts.ending.isAborted) throw parts.ending.reason;
  const { owner, ttlMs, onLost, onStateChange } = terms;
  return new Hold(parts, instance, granted, { owner, ttlMs, onLost, onStateChange });
}

/** `promise`, unless its caller is aborted or the registry closes first (C1, C3). */
function orEnd<T>(parts: RegistryParts, signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  return abandonOn(parts.signals.stop(signal), abandonOn(parts.ending, promise));
}

function isOver(parts: RegistryParts, signal: AbortSignal | undefined): boolean {
  return parts.ending.isAborted || signal?.aborted === true;
}

function isUnavailable(error: unknown): boolean {
  return RegistryError.is(error, 'REGISTRY_UNAVAILABLE');
}
