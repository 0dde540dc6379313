import {
  type BackendDefinition,
  checkOptions,
  optionsDescription,
  type OptionsDescription,
  optionsFromEnvironment,
  optionsFromUrl,
} from '@rollcall/core/driver';
import { memoryDriver } from './memory-driver.ts';
import { MemoryStore } from './memory-store.ts';

/** It has no options, and says so in every form. */
const description: OptionsDescription<object, object> = optionsDescription<object, object>({
  url: { scheme: 'memory' },
  fields: {},
});

/**
 * The memory backend for `openRegistry`: `memory:`, `{ backend: 'memory' }` or `ROLLCALL_BACKEND=memory`; it has no options. With a
 * `store`, every registry that is opened through this definition is a client of it; without one, each has a store of its own.
 */
export function memoryBackend(store?: MemoryStore): BackendDefinition<'memory'> {
  return {
    name: 'memory',
    parse: (config) =>
      typeof config === 'string'
        ? optionsFromUrl(description, config, 'config')
        : checkOptions(description, config, 'config'),
    parseEnvironment: (environment, terms) => optionsFromEnvironment(description, environment, terms),
    open: (_options, { clock }) => memoryDriver(store ?? new MemoryStore({ clock })),
  };
}
