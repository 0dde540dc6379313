import { consulBackend } from '@rollcall/backend-consul';
import { etcdBackend } from '@rollcall/backend-etcd';
import { openRegistry, type Registry, type RegistryOptions } from '@rollcall/core';

/** The registry that a URL names: `etcd://…` or `consul://…`. All else of the demo is the same on both. */
export function openServerRegistry(url: string, options: RegistryOptions): Registry {
  return openRegistry(url, { ...options, backends: [etcdBackend(), consulBackend()] });
}
