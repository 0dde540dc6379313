import { type Registration, RegistryError } from '@rollcall/core';
import type { Life } from '../life.ts';
import type { ProvidedServer } from '../servers/provided-server.ts';
import type { Waits } from './waits.ts';

/** How long the end of a connection may take that was cut. */
const cutMs = 1_000;

/** What is shut down, and how long each part may take. */
export interface ShutDown {
  readonly server: ProvidedServer;
  readonly registration: Registration;
  readonly life: Life;
  readonly waits: Waits;
  readonly drainMs: number;
  readonly closeTimeoutMs: number;
  readonly registryTimeoutMs: number;
}

/**
 * A server leaves without losing a request: callers are told, they have time to hear it while all are still served, then
 * the server closes, and the entry goes last. No step can stop the next: what fails is reported. Never rejects.
 */
export async function shutDown(what: ShutDown): Promise<void> {
  const { service, id } = what.registration.instance;
  await drain(what);
  const end = await closeServer(what);
  if (end === 'cut') what.life.report({ type: 'connections-cut', service, id });
  await deregister(what);
}

async function drain({ server, registration, life, waits, drainMs, registryTimeoutMs }: ShutDown): Promise<void> {
  life.enter('draining');
  const { service, id } = registration.instance;
  const announced = await waits.for(registryTimeoutMs, registration.update({ status: 'draining' }));
  if (announced.type === 'failed' || announced.type === 'late') {
    const error =
      announced.type === 'failed' ? announced.error : unanswered(registration, 'announce', registryTimeoutMs);
    life.report({ type: 'announcement-failed', service, id, status: 'draining', error });
  }
  server.drain();
  // Also when it failed: it may have arrived all the same, and each renewal writes it again (R5).
  if (announced.type !== 'hastened' && drainMs > 0) await waits.for(drainMs, server.closed);
}

/** What is closed, and how long it may take. */
type Closing = Pick<ShutDown, 'server' | 'life' | 'waits' | 'closeTimeoutMs'>;

/** All that is under way is answered, or cut when the time is up. Never rejects. */
export async function closeServer({ server, life, waits, closeTimeoutMs }: Closing): Promise<'closed' | 'cut'> {
  life.enter('closing');
  const closing = server.close();
  const closed = await waits.for(closeTimeoutMs, closing);
  if (closed.type === 'done') return 'closed';
  server.cut();
  await waits.for(cutMs, closing);
  return 'cut';
}

/** Removes the entry. Keepalives went on until now, so that it was listed as draining for as long as somebody was served. */
export async function deregister({
  registration,
  life,
  waits,
  registryTimeoutMs,
}: Pick<ShutDown, 'registration' | 'life' | 'waits' | 'registryTimeoutMs'>): Promise<void> {
  const removed = await waits.for(registryTimeoutMs, registration.close());
  if (removed.type === 'done') return;
  const { service, id } = registration.instance;
  const error = removed.type === 'failed' ? removed.error : unanswered(registration, 'deregister', registryTimeoutMs);
  life.report({ type: 'deregistration-failed', service, id, error });
}

function unanswered({ instance: { service, id } }: Registration, action: string, ms: number): RegistryError {
  return new RegistryError(
    'REGISTRY_UNAVAILABLE',
    `Could not ${action} ${service} ${id}: the registry did not answer within ${ms} ms.`,
  );
}
