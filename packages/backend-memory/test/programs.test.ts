import { type MemoryDriver, memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { type Client, type Harness, programs } from '@rollcall/conformance';
import { manualClock } from '@rollcall/core';
import { expect, test } from 'vitest';
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
const runs = [{ numRuns: 1_000 }, { numRuns: 300, latencyMs: 100 }];
test.each(runs)('random programs keep every promise: %o', { timeout: 60_000 }, async (options) => {
  expect(await programs(harness, options)).toBeUndefined();
});
function clientOf(driver: MemoryDriver): Client {
  return { driver, cut: () => driver.disconnect(), restore: () => driver.reconnect(), crash: () => driver.crash() };
}
