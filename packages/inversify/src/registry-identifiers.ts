import type * as core from '@rollcall/core';
import { fieldError } from '@rollcall/core/driver';
import type { ServiceIdentifier } from 'inversify';
import { Discovery, Registrar, Registry } from './identifiers.ts';

/** The service identifiers of one registry in a container. All three resolve to the same object. */
export interface RegistryIdentifiers {
  /** All of it. Its `close()` is called by the container. */
  readonly Registry: ServiceIdentifier<core.Registry>;
  /** What providers need. */
  readonly Registrar: ServiceIdentifier<core.Registrar>;
  /** What consumers need. */
  readonly Discovery: ServiceIdentifier<core.Discovery>;
}

/**
 * Identifiers for one more registry beside the default one. Keep them in a constant, hand them to `rollcallModule`, and inject
 * `orders.Discovery`. Those of two calls are never the same, whatever their names.
 * @param name what the container's messages call them: `orders.Discovery`
 * @throws TypeError unless the name is a string that is not empty
 */
export function registryIdentifiers(name: string): RegistryIdentifiers {
  if (typeof name !== 'string' || name === '') throw fieldError('name', 'a string that is not empty', name);
  return Object.freeze({
    Registry: class extends Registry {
      static override readonly name: string = `${name}.Registry`;
    },
    Registrar: class extends Registrar {
      static override readonly name: string = `${name}.Registrar`;
    },
    Discovery: class extends Discovery {
      static override readonly name: string = `${name}.Discovery`;
    },
  });
}

/** The default ones for `undefined`. @throws TypeError that names the identifier that is none */
export function checkIdentifiers(identifiers: RegistryIdentifiers | undefined): RegistryIdentifiers {
  if (identifiers === undefined) return { Registry, Registrar, Discovery };
  if (typeof identifiers !== 'object' || identifiers === null)
    throw fieldError('options.identifiers', "what registryIdentifiers('orders') returns", identifiers);
  const { Registry: registry, Registrar: registrar, Discovery: discovery } = identifiers;
  for (const [key, identifier] of Object.entries({ Registry: registry, Registrar: registrar, Discovery: discovery }))
    if (!['string', 'symbol', 'function'].includes(typeof identifier))
      throw fieldError(`options.identifiers.${key}`, 'a service identifier', identifier);
  return { Registry: registry, Registrar: registrar, Discovery: discovery };
}
