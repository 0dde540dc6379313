import type { BackendDefinition } from '@rollcall/core/driver';
import { ConsulDriver } from './consul-driver.ts';
import type { ConsulSettings } from './options/consul-settings.ts';
import { parseConsulOptions } from './options/parse-consul-options.ts';

/**
 * The Consul backend for `openRegistry`: `consul://127.0.0.1:8500?prefix=prod-&token=env:CONSUL_HTTP_TOKEN`, or
 * `{ backend: 'consul', …ConsulOptions }`.
 */
export function consulBackend(): BackendDefinition<'consul', ConsulSettings> {
  return {
    name: 'consul',
    parse: (config) => parseConsulOptions(config),
    open: (settings, { clock }) => new ConsulDriver(settings, clock),
  };
}
