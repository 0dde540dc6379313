import { Child } from './child.ts';
import type { Job } from './job.ts';
import type { Sockets } from './sockets.ts';

/** Servers in processes of their own. */
export class Fleet implements AsyncDisposable {
  /** Where they listen. */
  readonly ports: readonly number[];
  readonly #servers: readonly Child<object, Sockets>[];

  private constructor(servers: readonly Child<object, Sockets>[], ports: readonly number[]) {
    this.#servers = servers;
    this.ports = ports;
  }

  static async start(protocol: Job['protocol'], count: number): Promise<Fleet> {
    const servers = Array.from({ length: count }, () => new Child<object, Sockets>(`${protocol}-server.js`));
    const told = await Promise.all(servers.map((server) => server.ask({})));
    return new Fleet(
      servers,
      told.map(({ port }) => port),
    );
  }

  /** Connections to all of them. */
  async sockets(): Promise<Pick<Sockets, 'accepted' | 'open'>> {
    const told = await Promise.all(this.#servers.map((server) => server.ask({})));
    return {
      accepted: told.reduce((sum, { accepted }) => sum + accepted, 0),
      open: told.reduce((sum, { open }) => sum + open, 0),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server[Symbol.asyncDispose]()));
  }
}
