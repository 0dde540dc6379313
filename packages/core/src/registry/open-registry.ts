import { fieldError, pathError, shown } from '../instance/field-error.ts';
import { readArray } from '../instance/plain-data.ts';
import { backendChoice, type RegistryConfig } from './backend-choice.ts';
import type { BackendDefinition } from './backend-definition.ts';
import { createRegistry } from './create-registry.ts';
import { systemClock } from '../time/system-clock.ts';
import { readOptions } from './option-checks.ts';
import { checkRegistryOptions, type RegistryOptions, registryOptionKeys } from './registry-options.ts';
import type { Registry } from './registry.ts';

/** Options of `openRegistry`. */
export interface OpenRegistryOptions extends RegistryOptions {
  /** The backends that configuration may name: `[memoryBackend(), etcdBackend()]`. */
  readonly backends: readonly BackendDefinition[];
}

/**
 * Opens the registry that configuration names: a URL (`memory:`, `etcd://10.0.0.1:2379,10.0.0.2:2379/prod`,
 * `consul://127.0.0.1:8500`; several hosts are no WHATWG URL, so the backend splits it by hand), a plain object
 * `{ backend: 'etcd', ... }`, or variables, `environmentConfig(process.env)` (B1). It configures the backend alone: `options` are the
 * program's own. Connects lazily: the first call that needs the backend connects, and says why it can't (B2).
 * @throws TypeError for an unknown backend, naming those that were given, or listing every key that is wrong.
 */
export function openRegistry(config: RegistryConfig, options: OpenRegistryOptions): Registry {
  const given = new Map(readOptions(options, [...registryOptionKeys, 'backends']));
  const backends = definitions(given.get('backends'));
  given.delete('backends');
  const settings = checkRegistryOptions(Object.fromEntries(given));
  const known = backends.map((backend) => `'${backend.name}'`).join(', ') || 'none';
  const { name, path, optionsFor } = backendChoice(config, known);
  const definition = backends.find((backend) => backend.name === name);
  if (definition === undefined)
    throw pathError(path, `unknown backend ${shown(name)}; those given in options.backends are: ${known}`);
  const driver = definition.open(optionsFor(definition), { clock: settings.clock ?? systemClock });
  return createRegistry(driver, settings);
}

function definitions(value: unknown): readonly BackendDefinition[] {
  return readArray(value, 'options.backends', 'an array of backend definitions', 100).map((backend, index) => {
    if (isDefinition(backend)) return backend;
    throw fieldError(`options.backends[${index}]`, 'a backend definition such as memoryBackend()', backend);
  });
}

function isDefinition(value: unknown): value is BackendDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'parse' in value &&
    typeof value.parse === 'function' &&
    'open' in value &&
    typeof value.open === 'function'
  );
}
