import { memoryDriver, type MemoryDriver, type MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, type InstancePatch, type Registration, type Registry } from '@rollcall/core';
import { type Crash, type Launch, type Provider, service, type Updated } from './provider.ts';
import { startWordServer, type WordServer } from './word-server.ts';

/**
 * Runs every provider in this process, on the memory backend. Each has a driver and a registry of its own, as it would in a
 * process of its own: all they share is the store.
 */
export function inProcess(store: MemoryStore, ttlMs: number): Launch {
  return async (name) => {
    const server = await startWordServer();
    const driver = memoryDriver(store);
    const registry = createRegistry(driver);
    try {
      // First listen, then register: whoever finds the entry may call at once.
      const registration = await registry.register(
        {
          service,
          id: name,
          endpoints: [`http://127.0.0.1:${server.port}`],
          metadata: { dictionary: '2025-03' },
        },
        { ttlMs },
      );
      return new InProcessProvider(name, { server, driver, registry, registration });
    } catch (error) {
      await Promise.all([registry.close(), server.destroy()]);
      throw error;
    }
  };
}

interface Parts {
  readonly server: WordServer;
  readonly driver: MemoryDriver;
  readonly registry: Registry;
  readonly registration: Registration;
}

class InProcessProvider implements Provider {
  readonly name: string;
  readonly #parts: Parts;
  #end: Promise<void> | undefined;

  constructor(name: string, parts: Parts) {
    this.name = name;
    this.#parts = parts;
  }

  async update(patch: InstancePatch): Promise<Updated> {
    const { registration } = this.#parts;
    const former = registration.lease;
    await registration.update(patch);
    return { keptItsLease: registration.lease === former };
  }

  stop(): Promise<void> {
    this.#end ??= this.#sayGoodbye();
    return this.#end;
  }

  async crash(): Promise<Crash> {
    const { ttlMs, remainingMs } = this.#parts.registration.lease;
    this.#end ??= this.#die();
    await this.#end;
    return { renewedMsAgo: ttlMs - remainingMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #sayGoodbye(): Promise<void> {
    const { registry, server } = this.#parts;
    await registry.close(); // first the entry, which is what callers go by
    await server.stop();
  }

  async #die(): Promise<void> {
    const { driver, registry, server } = this.#parts;
    driver.crash(); // from here on nothing of what it says reaches the store
    const cut = server.destroy();
    // A process that dies takes its timers along. This one lives on, so they have to be ended; the entry stays.
    await Promise.all([cut, registry.close()]);
  }
}
