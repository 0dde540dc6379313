import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Pool } from 'undici';

/** Stands between a registry and its agent, and counts the requests that have been sent and not answered. */
export class CountingProxy implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  readonly #agent: Pool;
  #open = 0;
  #most = 0;

  private constructor(server: Server, agent: Pool) {
    const address = server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    this.#server = server;
    this.#agent = agent;
  }

  static async start(agentUrl: string): Promise<CountingProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // No bound on connections: a proxy that makes requests wait would count them wrong.
    const proxy = new CountingProxy(server, new Pool(agentUrl, { pipelining: 1 }));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void proxy.#pass(request, response);
    });
    return proxy;
  }

  /** How many requests the agent has not answered yet. */
  get open(): number {
    return this.#open;
  }

  /** The most that were open at once since `forget`. */
  get most(): number {
    return this.#most;
  }

  forget(): void {
    this.#most = this.#open;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#agent.destroy();
  }

  /** Reads only: nothing else is sent by whoever only watches. */
  async #pass({ url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open += 1;
    this.#most = Math.max(this.#most, this.#open);
    try {
      const answer = await this.#agent.request({ method: 'GET', path: url });
      response.writeHead(answer.statusCode, { 'x-consul-index': String(answer.headers['x-consul-index']) });
      await pipeline(answer.body, response);
    } catch {
      response.destroy();
    } finally {
      this.#open -= 1;
    }
  }
}
