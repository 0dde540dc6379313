import { type BackendDefinition, openRegistry } from '@rollcall/core';

/**
 * Refuses all that `openRegistry` would refuse, and opens nothing: the backends read the configuration, and stop where they
 * would make a driver.
 * @throws TypeError as `openRegistry`, naming the key
 */
export function checkOpening(...[config, options]: Parameters<typeof openRegistry>): void {
  const checked = new Error('All that can be checked is good.');
  const stop = (): never => {
    throw checked;
  };
  // What is no list of definitions is left for `openRegistry` to name.
  const backends = Array.isArray(options.backends)
    ? options.backends.map((backend) => readingOnly(backend, stop))
    : options.backends;
  try {
    openRegistry(config, { ...options, backends });
  } catch (error) {
    if (error !== checked) throw error;
  }
}

/** The definition, with another `open`. Not a copy: its methods may need their own `this`, and core may ask it for more one day. */
function readingOnly(backend: BackendDefinition, open: () => never): BackendDefinition {
  if (typeof backend !== 'object' || backend === null) return backend;
  // Not around the definition itself: of a frozen one a proxy has to tell the truth.
  return new Proxy<BackendDefinition>(Object.create(null), {
    has: (_, key) => key in backend,
    get: (_, key) => {
      const value: unknown = Reflect.get(backend, key);
      if (typeof value !== 'function') return value;
      return key === 'open' ? open : value.bind(backend);
    },
  });
}
