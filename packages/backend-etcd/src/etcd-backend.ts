import { type BackendDefinition, type Clock, onDemandDriver, type RegistryDriver } from '@rollcall/core/driver';
import { etcdCapabilities } from './etcd-capabilities.ts';
import { type EtcdSettings, shownAddress } from './options/etcd-settings.ts';
import { parseEtcdEnvironment, parseEtcdOptions } from './options/parse-etcd-options.ts';

/**
 * The etcd backend for `openRegistry`: `etcd://10.0.0.1:2379,10.0.0.2:2379/prod?user=app&password=env:ETCD_PASSWORD`,
 * `{ backend: 'etcd', …EtcdOptions }`, or variables such as `ROLLCALL_ENDPOINTS`. The first call loads its client library.
 */
export function etcdBackend(): BackendDefinition<'etcd'> {
  return {
    name: 'etcd',
    parse: (config) => parseEtcdOptions(config),
    parseEnvironment: (environment, terms) => parseEtcdEnvironment(environment, terms),
    open: (settings: EtcdSettings, { clock }) => etcdDriver(settings, clock),
  };
}

function etcdDriver(settings: EtcdSettings, clock: Clock): RegistryDriver {
  return onDemandDriver({
    name: 'etcd',
    address: shownAddress(settings),
    capabilities: etcdCapabilities,
    async load() {
      const { EtcdDriver } = await import('./etcd-driver.ts');
      return new EtcdDriver(settings, clock);
    },
  });
}
