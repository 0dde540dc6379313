import type { MemoryDriver, MemoryStore } from '@rollcall/backend-memory';
import type { Client, Harness } from '@rollcall/conformance';
import { manualClock } from '@rollcall/core';

/** What the package exports, or a mutant of it. */
export interface MemoryBackend {
  readonly MemoryStore: typeof MemoryStore;
  readonly memoryDriver: (store: MemoryStore) => MemoryDriver;
}

/** A store of its own for every case, on a clock that is moved by hand. */
export function memoryHarness(memory: MemoryBackend): Harness {
  return {
    name: 'memory',
    capabilities: memory.memoryDriver(new memory.MemoryStore()).capabilities,
    ttlMs: 15_000,
    async open() {
      const clock = manualClock();
      const store = new memory.MemoryStore({ clock });
      return {
        clock,
        elapse: (ms) => clock.advance(ms),
        connect: async () => clientOf(memory.memoryDriver(store)),
        remove: async (service, id) => void store.remove(service, id),
        wipe: async () => store.wipe(),
        corrupt: async (service, id) => void store.corrupt(service, id),
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
  };
}

function clientOf(driver: MemoryDriver): Client {
  return { driver, cut: () => driver.disconnect(), restore: () => driver.reconnect(), crash: () => driver.crash() };
}
