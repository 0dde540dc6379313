import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { memoryBackend } from '@rollcall/backend-memory';
import { consoleDiagnostics, type Environment, environmentConfig } from '@rollcall/core';
import { rollcallModule } from '@rollcall/inversify';
import type { ContainerModule } from 'inversify';

/**
 * The one place that knows which backends there are. Which of them it is, ROLLCALL_URL says, as in
 * `ROLLCALL_URL=etcd://10.0.0.1:2379/shop`; it is `memory:` by default.
 * @throws TypeError that names every variable at fault
 */
export function shopRegistry(environment: Environment): ContainerModule {
  return rollcallModule({
    config: environmentConfig({ ROLLCALL_URL: 'memory:', ...environment }),
    backends: [memoryBackend(), etcdBackend(), consulBackend()],
    onDiagnostic: consoleDiagnostics(),
  });
}
