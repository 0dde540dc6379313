import { fieldError, pathError, shown } from '../instance/field-error.ts';
import { readArray, readObject } from '../instance/plain-data.ts';
import type { BackendConfig, BackendDefinition } from './backend-definition.ts';
import { createRegistry } from './create-registry.ts';
import { systemClock } from '../time/system-clock.ts';
import { readOptions } from './option-checks.ts';
import { checkRegistryOptions, type RegistryOptions, registryOptionKeys } from './registry-options.ts';
import type { Registry } from './registry.ts';

/** Options of `openRegistry`. */
export interface OpenRegistryOptions extends RegistryOptions {
  /** The backends that configuration may name: `[memoryBackend(), etcdBackend()]`. */
  readonly backends: readonly BackendDefinition<string, unknown>[];
}

/**
 * Opens the registry that configuration names: a URL (`memory:`, `etcd://10.0.0.1:2379,10.0.0.2:2379/prod`,
 * `consul://127.0.0.1:8500`; several hosts are no WHATWG URL, so the backend splits it by hand), or a plain object
 * `{ backend: 'etcd', ... }` (B1). Connects lazily: the first call that needs the backend connects, and says why it can't (B2).
 * @throws TypeError for an unknown backend, naming those that were given, or listing every key that is wrong.
 */
export function openRegistry(config: string | BackendConfig, options: OpenRegistryOptions): Registry {
  const given = new Map(readOptions(options, [...registryOptionKeys, 'backends']));
  const backends = definitions(given.get('backends'));
  given.delete('backends');
  const settings = checkRegistryOptions(Object.fromEntries(given));
  const { name, config: own } = typeof config === 'string' ? fromUrl(config) : fromObject(config);
  const definition = backends.find((backend) => backend.name === name);
  if (definition === undefined) {
    const known = backends.map((backend) => `'${backend.name}'`).join(', ');
    throw pathError(
      'backend',
      `unknown backend ${shown(name)}; those given in options.backends are: ${known || 'none'}`,
    );
  }
  const driver = definition.open(definition.parse(own), { clock: settings.clock ?? systemClock });
  return createRegistry(driver, settings);
}

interface Choice {
  readonly name: string;
  /** For the backend's own `parse`. */
  readonly config: unknown;
}

function fromUrl(url: string): Choice {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1];
  // The rest is not shown: it may hold credentials (E2).
  if (scheme === undefined)
    throw pathError('config', 'expected a URL that begins with the name of a backend, such as memory:');
  return { name: scheme.toLowerCase(), config: url };
}

function fromObject(config: unknown): Choice {
  const fields = new Map(readObject(config, 'config', 'a URL or an object with a backend', undefined));
  const name = fields.get('backend');
  if (typeof name !== 'string') throw fieldError('config.backend', 'the name of a backend', name);
  fields.delete('backend');
  return { name, config: Object.fromEntries(fields) };
}

function definitions(value: unknown): readonly BackendDefinition<string, unknown>[] {
  return readArray(value, 'options.backends', 'an array of backend definitions', 100).map((backend, index) => {
    if (isDefinition(backend)) return backend;
    throw fieldError(`options.backends[${index}]`, 'a backend definition such as memoryBackend()', backend);
  });
}

function isDefinition(value: unknown): value is BackendDefinition<string, unknown> {
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
