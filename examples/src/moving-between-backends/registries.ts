import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { consoleDiagnostics, type Environment, environmentConfig, openRegistry, type Registry } from '@rollcall/core';

/** What variables say while a service moves. */
export interface Registries {
  /** Of ROLLCALL_URL: the one that consumers read. */
  readonly leading: Registry;
  /** Of ALSO_ROLLCALL_URL, if that is set: where it moves to, or comes from. */
  readonly following: Registry | undefined;
}

/** @throws TypeError that names every variable at fault */
export function openRegistries(environment: Environment): Registries {
  const options = { backends: [etcdBackend(), consulBackend()], onDiagnostic: consoleDiagnostics() };
  const isMoving = (environment['ALSO_ROLLCALL_URL'] ?? '') !== '';
  return {
    leading: openRegistry(environmentConfig(environment), options),
    following: isMoving
      ? openRegistry(environmentConfig(environment, { prefix: 'ALSO_ROLLCALL_' }), options)
      : undefined,
  };
}
