import { memoryDriver, type MemoryDriver, type MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, type InstancePatch } from '@rollcall/core';
import { ProviderAtWork } from './provider-at-work.ts';
import type { Crash, Launch, Provider, Updated } from './provider.ts';

/**
 * Runs every provider in this process, on the memory backend. Each has a driver and a registry of its own, as it would in a
 * process of its own: all they share is the store.
 */
export function inProcess(store: MemoryStore, ttlMs: number): Launch {
  return async (name) => {
    const driver = memoryDriver(store);
    return new InProcessProvider(name, driver, await ProviderAtWork.start(createRegistry(driver), name, ttlMs));
  };
}

class InProcessProvider implements Provider {
  readonly name: string;
  readonly pid = undefined;
  readonly #driver: MemoryDriver;
  readonly #atWork: ProviderAtWork;
  #end: Promise<void> | undefined;

  constructor(name: string, driver: MemoryDriver, atWork: ProviderAtWork) {
    this.name = name;
    this.#driver = driver;
    this.#atWork = atWork;
  }

  update(patch: InstancePatch): Promise<Updated> {
    return this.#atWork.update(patch);
  }

  stop(): Promise<void> {
    this.#end ??= this.#atWork.stop();
    return this.#end;
  }

  async crash(): Promise<Crash> {
    const { renewedMsAgo } = this.#atWork;
    this.#end ??= this.#die();
    await this.#end;
    return { how: 'crashes without a goodbye', renewedMsAgo };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #die(): Promise<void> {
    this.#driver.crash(); // from here on nothing of what it says reaches the store
    // A process that dies takes its timers along. This one lives on, so they have to be ended; the entry stays.
    await this.#atWork.destroy();
  }
}
