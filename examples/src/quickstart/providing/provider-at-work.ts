import type { InstancePatch, Registration, Registry } from '@rollcall/core';
import { countWordsSlowly } from './count-words.ts';
import { service, type Updated } from './provider.ts';
import { startWordServer, type WordServer } from './word-server.ts';

/** A provider in the process that it runs in: its servers, its registry and its entry. */
export class ProviderAtWork {
  readonly #server: WordServer;
  readonly #registry: Registry;
  readonly #registration: Registration;

  private constructor(server: WordServer, registry: Registry, registration: Registration) {
    this.#server = server;
    this.#registry = registry;
    this.#registration = registration;
  }

  /** Resolves once it listens and everybody can see it. The registry is the provider's from here on. */
  static async start(registry: Registry, name: string, ttlMs: number): Promise<ProviderAtWork> {
    const server = await startWordServer(countWordsSlowly);
    try {
      // First listen, then register: whoever finds the entry may call at once.
      const registration = await registry.register(
        {
          service,
          id: name,
          endpoints: server.endpoints,
          metadata: { dictionary: '2025-03' },
        },
        { ttlMs },
      );
      return new ProviderAtWork(server, registry, registration);
    } catch (error) {
      await Promise.all([registry.close(), server.destroy()]);
      throw error;
    }
  }

  /** How long ago the last renewal was sent that the backend acknowledged. */
  get renewedMsAgo(): number {
    const { ttlMs, remainingMs } = this.#registration.lease;
    return ttlMs - remainingMs;
  }

  async update(patch: InstancePatch): Promise<Updated> {
    const former = this.#registration.lease;
    await this.#registration.update(patch);
    return { keptItsLease: this.#registration.lease === former };
  }

  async stop(): Promise<void> {
    await this.#registry.close(); // first the entry, which is what callers go by
    await this.#server.stop();
  }

  /** Lets go of everything at once, as the end of a process would. Whether the entry stays is up to the driver. */
  async destroy(): Promise<void> {
    const cut = this.#server.destroy();
    await Promise.all([cut, this.#registry.close()]);
  }
}
