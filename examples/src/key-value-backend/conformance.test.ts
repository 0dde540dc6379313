import { conformance, type Harness } from '@rollcall/conformance';
import { manualClock } from '@rollcall/core';
import { test } from 'vitest';
import { KeyValueDriver } from './key-value-driver.ts';
import { KeyValueKeys } from './key-value-keys.ts';
import { KeyValueConnection } from './store/key-value-connection.ts';
import { KeyValueStore } from './store/key-value-store.ts';

const prefix = 'rollcall';
const keys = new KeyValueKeys(prefix);

const harness: Harness = {
  name: 'key-value',
  capabilities: new KeyValueDriver(connectionTo(new KeyValueStore(manualClock())), prefix).capabilities,
  ttlMs: 15_000,
  async open() {
    const clock = manualClock();
    const store = new KeyValueStore(clock);
    let clients = 0;
    return {
      clock,
      elapse: (ms) => clock.advance(ms),
      async connect() {
        const connection = connectionTo(store, 1 + ((clients++ * 5) % 13));
        return {
          driver: new KeyValueDriver(connection, prefix),
          cut: () => connection.cut(),
          restore: () => connection.restore(),
          // A process that is gone is a connection that nobody restores.
          crash: () => connection.cut(),
        };
      },
      remove: async (service, id) => store.del(keys.entry(service, id)),
      wipe: async () => {
        for (const [key] of store.scan(keys.all)) store.del(key);
      },
      corrupt: async (service, id) => store.set(keys.entry(service, id), 'not a record'),
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};
conformance({ test, harness, programs: { numRuns: 50 } });

/** Some clients are nearer than others, so that their calls cross in more ways than one. */
function connectionTo(store: KeyValueStore, turns = 1): KeyValueConnection {
  return new KeyValueConnection(store, '10.0.0.1:6379', turns);
}
