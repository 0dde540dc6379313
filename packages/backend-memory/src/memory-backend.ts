import type { BackendDefinition } from '@rollcall/core/driver';
import { memoryDriver } from './memory-driver.ts';
import { MemoryStore } from './memory-store.ts';

/**
 * The memory backend for `openRegistry`: `memory:` or `{ backend: 'memory' }`; it has no options. With a `store`, every
 * registry that is opened through this definition is a client of it; without one, each has a store of its own.
 */
export function memoryBackend(store?: MemoryStore): BackendDefinition<'memory', object> {
  return {
    name: 'memory',
    parse: parseMemory,
    open: (_options, { clock }) => memoryDriver(store ?? new MemoryStore({ clock })),
  };
}

function parseMemory(config: unknown): object {
  if (typeof config === 'string') {
    if (/^memory:$/i.test(config)) return {};
    throw new TypeError('config: expected memory: and nothing behind it; the memory backend has no options');
  }
  if (typeof config !== 'object' || config === null)
    throw new TypeError('config: expected memory: or an object without options of its own');
  const [key] = Object.keys(config);
  if (key !== undefined) throw new TypeError(`config.${key}: unknown key; the memory backend has no options`);
  return {};
}
