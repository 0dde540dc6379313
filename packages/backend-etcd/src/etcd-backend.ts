import type { BackendDefinition } from '@rollcall/core/driver';
import { EtcdDriver } from './etcd-driver.ts';
import type { EtcdSettings } from './options/etcd-settings.ts';
import { parseEtcdOptions } from './options/parse-etcd-options.ts';

/**
 * The etcd backend for `openRegistry`: `etcd://10.0.0.1:2379,10.0.0.2:2379/prod?user=app&password=env:ETCD_PASSWORD`, or
 * `{ backend: 'etcd', …EtcdOptions }`.
 */
export function etcdBackend(): BackendDefinition<'etcd', EtcdSettings> {
  return {
    name: 'etcd',
    parse: (config) => parseEtcdOptions(config),
    open: (settings, { clock }) => new EtcdDriver(settings, clock),
  };
}
