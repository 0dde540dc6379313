import { etcdBackend } from '@rollcall/backend-etcd';
import { createRegistry, type Registry, systemClock } from '@rollcall/core';
import type { RegistryDriver } from '@rollcall/core/driver';
import { type EtcdServer, provisionEtcd, startEtcd } from '@rollcall/testing-servers';
import { type RawEtcd, rawEtcd } from './raw-etcd.ts';
import { prefix } from './records.ts';

/** A server of its own for each row, so that no row meets what another has left. */
export class TestBed implements AsyncDisposable {
  readonly #server: EtcdServer;

  constructor(server: EtcdServer) {
    this.#server = server;
  }

  get endpoint(): string {
    return this.#server.endpoint;
  }

  /** A baseline, on a connection of its own. */
  raw(): RawEtcd {
    return rawEtcd(this.endpoint);
  }

  /** What is measured, on a connection of its own. */
  driver(): RegistryDriver {
    const backend = etcdBackend();
    return backend.open(backend.parse({ endpoints: this.endpoint, prefix }), { clock: systemClock });
  }

  registry(): Registry {
    return createRegistry(this.driver());
  }

  /** The streams of this method that clients have opened since the server's start. */
  async streamsStarted(method: 'LeaseKeepAlive' | 'Watch'): Promise<number> {
    const answer = await fetch(`${this.#server.url}/metrics`);
    const line = new RegExp(`^grpc_server_started_total\\{[^}]*grpc_method="${method}"[^}]*\\} (\\S+)$`, 'm');
    return Number(line.exec(await answer.text())?.[1] ?? Number.NaN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

export async function openTestBed(): Promise<TestBed> {
  const { binary } = await provisionEtcd('3.5');
  return new TestBed(await startEtcd(binary));
}
