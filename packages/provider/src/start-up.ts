import { networkInterfaces } from 'node:os';
import { type Registration, RegistryError } from '@rollcall/core';
import { advertisedEndpoint } from './address/advertised-endpoint.ts';
import type { Life } from './life.ts';
import type { ProvideTerms } from './provide-terms.ts';
import type { ProvidedServer } from './servers/provided-server.ts';
import { deregister } from './stopping/shut-down.ts';
import type { Waits } from './stopping/waits.ts';

/** What a start needs. */
export interface StartUp {
  readonly server: ProvidedServer;
  readonly terms: ProvideTerms;
  readonly life: Life;
  readonly waits: Waits;
  /** Ends the start, which then deregisters and rejects with `signal.reason`. */
  readonly signal: AbortSignal;
}

/** The server listens, is registered, gets ready and is up. A start that fails leaves no entry. @throws as `provide` */
export async function startUp(start: StartUp): Promise<Registration> {
  const { server, terms, life, signal } = start;
  const listening = await abandonOn(signal, server.listening({ signal }));
  const endpoint = advertisedEndpoint(listening, terms.advertise, networkInterfaces());
  const status = terms.ready === undefined ? 'up' : 'starting';
  const registration = await terms.registrar.register(
    { ...terms.instance, endpoints: [endpoint], status },
    { ...terms.registering, signal },
  );
  try {
    if (terms.ready !== undefined) {
      life.enter('starting');
      await abandonOn(signal, getReady(terms.ready, signal));
      await announceUp(start, registration);
    }
    signal.throwIfAborted();
    life.enter('up');
    return registration;
  } catch (error) {
    await deregister({ ...start, registration, registryTimeoutMs: terms.registryTimeoutMs });
    throw error;
  }
}

async function getReady(ready: NonNullable<ProvideTerms['ready']>, signal: AbortSignal): Promise<void> {
  await ready({ signal });
}

/** @throws RegistryError unless the registry is merely out of reach and `onUnavailable` says to go on */
async function announceUp({ terms, life, signal }: StartUp, registration: Registration): Promise<void> {
  try {
    await registration.update({ status: 'up' }, { signal });
  } catch (error) {
    const goesOn = terms.registering.onUnavailable === 'retry' && RegistryError.is(error, 'REGISTRY_UNAVAILABLE');
    if (!goesOn) throw error;
    const { service, id } = registration.instance;
    life.report({ type: 'announcement-failed', service, id, status: 'up', error });
  }
}

/** `promise`, or a rejection with the reason of `signal`. What it comes to afterwards is dropped (E4). */
function abandonOn<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
