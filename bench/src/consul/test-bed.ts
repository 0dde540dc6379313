import { consulBackend, type ConsulOptions } from '@rollcall/backend-consul';
import { createRegistry, type Registry, systemClock } from '@rollcall/core';
import type { RegistryDriver } from '@rollcall/core/driver';
import { type ConsulServer, provisionConsul, startConsul } from '@rollcall/testing-servers';
import { RawConsul } from './raw-consul.ts';

/** An agent of its own for each row, so that no row meets what another has left. */
export class TestBed implements AsyncDisposable {
  readonly #server: ConsulServer;

  constructor(server: ConsulServer) {
    this.#server = server;
  }

  get url(): string {
    return this.#server.url;
  }

  /** A baseline, on connections of its own. */
  raw(connections?: number): RawConsul {
    return new RawConsul(this.url, connections);
  }

  /** What is measured, on connections of its own. */
  driver(options: ConsulOptions = {}): RegistryDriver {
    const backend = consulBackend();
    return backend.open(backend.parse({ address: this.url, ...options }), { clock: systemClock });
  }

  registry(options?: ConsulOptions): Registry {
    return createRegistry(this.driver(options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

export async function openTestBed(): Promise<TestBed> {
  const { binary } = await provisionConsul();
  // Not `dev`: such an agent indents its JSON, which makes twice as much of it, and keeps nothing on disk. And ours and the baseline
  // come from one address, whose connections are not to be counted together.
  const server = await startConsul(binary, { kind: 'server', httpMaxConns: 0 });
  await server.settled();
  return new TestBed(server);
}
