import { type MemoryDriver, memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { type Client, conformance, type Harness } from '@rollcall/conformance';
import { manualClock } from '@rollcall/core';
import { test } from 'vitest';

const harness: Harness = {
  name: 'memory',
  capabilities: memoryDriver(new MemoryStore()).capabilities,
  ttlMs: 15_000,
  async open() {
    const clock = manualClock();
    const store = new MemoryStore({ clock });
    return {
      clock,
      elapse: (ms) => clock.advance(ms),
      connect: async () => clientOf(memoryDriver(store)),
      remove: async (service, id) => void store.remove(service, id),
      wipe: async () => store.wipe(),
      corrupt: async (service, id) => void store.corrupt(service, id),
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};
conformance({ test, harness });

function clientOf(driver: MemoryDriver): Client {
  return { driver, cut: () => driver.disconnect(), restore: () => driver.reconnect(), crash: () => driver.crash() };
}
