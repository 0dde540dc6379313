import { type BackendDefinition, type Clock, onDemandDriver, type RegistryDriver } from '@rollcall/core/driver';
import { consulCapabilities } from './consul-capabilities.ts';
import type { ConsulSettings } from './options/consul-settings.ts';
import { parseConsulEnvironment, parseConsulOptions } from './options/parse-consul-options.ts';

/**
 * The Consul backend for `openRegistry`: `consul://127.0.0.1:8500?prefix=prod-&token=env:CONSUL_HTTP_TOKEN`,
 * `{ backend: 'consul', …ConsulOptions }`, or variables such as `ROLLCALL_ADDRESS`. The first call loads its client library.
 */
export function consulBackend(): BackendDefinition<'consul'> {
  return {
    name: 'consul',
    parse: (config) => parseConsulOptions(config),
    parseEnvironment: (environment, terms) => parseConsulEnvironment(environment, terms),
    open: (settings: ConsulSettings, { clock }) => consulDriver(settings, clock),
  };
}

function consulDriver(settings: ConsulSettings, clock: Clock): RegistryDriver {
  return onDemandDriver({
    name: 'consul',
    address: settings.address.shown,
    capabilities: consulCapabilities,
    async load() {
      const { ConsulDriver } = await import('./consul-driver.ts');
      return new ConsulDriver(settings, clock);
    },
  });
}
