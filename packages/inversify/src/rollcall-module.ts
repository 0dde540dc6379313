import { openRegistry, type OpenRegistryOptions, type RegistryConfig } from '@rollcall/core';
import { fieldError } from '@rollcall/core/driver';
import { ContainerModule } from 'inversify';
import { checkOpening } from './check-opening.ts';
import { closeDeactivated } from './close-deactivated.ts';
import { checkIdentifiers, type RegistryIdentifiers } from './registry-identifiers.ts';

/** Options of `rollcallModule`: those of `openRegistry`, what it takes first, and the names in the container. */
export interface RollcallModuleOptions extends OpenRegistryOptions {
  /** Which registry, as `openRegistry` takes it first: `'etcd://10.0.0.1:2379/prod'`, `{ backend: 'etcd', ... }`, `environmentConfig(process.env)` (B1). */
  readonly config: RegistryConfig;
  /** Its service identifiers, if it is not the only registry. @defaultValue `{ Registry, Registrar, Discovery }` */
  readonly identifiers?: RegistryIdentifiers | undefined;
}

/**
 * A module that gives every container that loads it a registry of its own, as one singleton under three identifiers. It is
 * opened when it is first resolved, and connects with its first call (B2). It is closed when the container deactivates it, by
 * `unbindAllAsync()`, `unbindAsync(Registry)` or `unloadAsync(module)`, once, however many deactivations there are. One that
 * nobody has resolved is neither opened nor closed.
 * @throws TypeError for a bad option or configuration, naming the key, at the call: no container is involved yet. A `clock`
 * that is not the backend's is told when the registry is first resolved.
 */
export function rollcallModule(options: RollcallModuleOptions): ContainerModule {
  if (typeof options !== 'object' || options === null)
    throw fieldError('options', 'an object with config and backends', options);
  const { config, identifiers: names, ...opening } = options;
  if (config === undefined)
    throw fieldError('options.config', 'a URL, an object with a backend, or environmentConfig(process.env)', config);
  const identifiers = checkIdentifiers(names);
  checkOpening(config, opening);
  return new ContainerModule(({ bind }) => {
    // On the binding, which inversify waits for. Of what is registered for an identifier, it does not wait for the first.
    bind(identifiers.Registry)
      .toResolvedValue(() => openRegistry(config, opening))
      .inSingletonScope()
      .onDeactivation(closeDeactivated());
    // By another name, and nothing to deactivate: whoever rebinds the first has rebound all three.
    bind(identifiers.Registrar).toService(identifiers.Registry);
    bind(identifiers.Discovery).toService(identifiers.Registry);
  });
}
