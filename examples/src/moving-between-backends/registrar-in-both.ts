import {
  type Clock,
  type RegisterOptions,
  type Registrar,
  type Registration,
  type ServiceInstanceInit,
  systemClock,
} from '@rollcall/core';
import { Follower } from './follower.ts';
import { RegistrationInBoth } from './registration-in-both.ts';

/** Two registries, and which of them counts. */
export interface InBothOptions {
  /** The one that consumers read. What fails there fails for the caller, as if it were the only one. */
  readonly leading: Registrar;
  /** The other one. What fails there is told, and stops nothing: an entry is registered as soon as that is possible. */
  readonly following: Registrar;
  /** Told of everything that fails in `following`, and of an entry that has to wait for it. */
  readonly onFollowingFailed: (error: unknown) => void;
  /** How long `register` waits for `following` before it goes on without, in milliseconds. @defaultValue 5_000 */
  readonly waitMs?: number | undefined;
  /** What that wait follows. @defaultValue systemClock */
  readonly clock?: Clock | undefined;
}

/**
 * Registers in two registries at once, while a service moves from one to the other. `register` resolves when all others see the
 * instance in `leading` (R1), and in `following` too if that answers in time; so a rolling restart that waits for each instance moves on
 * only when it is in both.
 */
export function registrarInBoth(options: InBothOptions): Registrar {
  const onFollowingFailed = guarded(options.onFollowingFailed);
  return { register: (init, terms = {}) => registerInBoth({ ...options, onFollowingFailed }, init, terms) };
}

async function registerInBoth(
  { leading, following, onFollowingFailed, waitMs = 5_000, clock = systemClock }: InBothOptions,
  init: ServiceInstanceInit,
  terms: RegisterOptions,
): Promise<Registration> {
  const registration = await leading.register(init, terms);
  const follower = new Follower({ registrar: following, leading: registration, terms, onFailed: onFollowingFailed });
  const both = new RegistrationInBoth(registration, follower);
  const waited = await waitFor(follower.settled, { clock, waitMs, signal: terms.signal });
  if (waited === 'late') onFollowingFailed(notYet(registration, waitMs));
  if (waited !== 'aborted') return both;
  // C1: nobody has got the handle, so nobody else could end it. What cannot be removed is left to its TTL (R2).
  await both.close().catch(onFollowingFailed);
  throw terms.signal?.reason;
}

interface Wait {
  readonly clock: Clock;
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

function waitFor(settled: Promise<void>, { clock, waitMs, signal }: Wait): Promise<'settled' | 'late' | 'aborted'> {
  return new Promise((resolve) => {
    const end = (how: 'settled' | 'late' | 'aborted'): void => {
      timer[Symbol.dispose]();
      signal?.removeEventListener('abort', abort);
      resolve(how);
    };
    const abort = (): void => end('aborted');
    const timer = clock.schedule(waitMs, () => end('late'));
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    void settled.then(() => end('settled'));
  });
}

/** E4: a sink that throws must not end what goes on in the background. */
function guarded(sink: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      sink(error);
    } catch {
      // A broken sink cannot be told about itself.
    }
  };
}

function notYet({ instance: { service, id } }: Registration, waitMs: number): Error {
  return new Error(`${service}/${id}: the following registry has not answered for ${waitMs} ms; going on without it.`);
}
