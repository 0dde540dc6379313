import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { ProviderError } from '../provider-error.ts';
import type { ListeningAddress, ListeningOptions, ProvidedServer } from './provided-server.ts';

/**
 * An `http.Server` or `https.Server` for `provide`: one of your own, Fastify's `app.server`, or what `app.listen` of Express
 * returns. Call it before the server has connections: those that it does not see begin cannot be cut at the end.
 *
 * While it drains, each answer says `Connection: close`, so that connections end after an answer and never under a request.
 */
export function httpServer(server: Server): ProvidedServer {
  return new ProvidedHttpServer(server);
}

class ProvidedHttpServer implements ProvidedServer {
  readonly closed: Promise<void>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #responses = new Set<ServerResponse>();
  #state: 'serving' | 'draining' | 'closing' = 'serving';

  constructor(server: Server) {
    this.#server = server;
    this.closed = new Promise((resolve) => {
      server.once('close', resolve);
    });
    server.on('connection', (socket: Socket) => this.#connected(socket));
    // Before the handler, which may answer at once.
    server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => this.#requested(response));
  }

  async listening({ signal }: ListeningOptions): Promise<ListeningAddress> {
    if (!this.#server.listening) await this.#listens(signal);
    const address = this.#server.address();
    const scheme = this.#server instanceof TlsServer ? 'https' : 'http';
    if (typeof address === 'string') return { type: 'pipe', scheme, path: address };
    if (address === null) throw closedTooEarly();
    return { type: 'port', scheme, host: address.address, port: address.port };
  }

  drain(): void {
    this.#state = 'draining';
    for (const response of this.#responses) askToLeave(response);
  }

  close(): Promise<void> {
    this.#state = 'closing';
    // Idle connections end with it.
    this.#server.close();
    // Node takes one that has sent nothing yet for busy. Browsers open such in advance.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
    return this.closed;
  }

  cut(): void {
    this.#server.closeAllConnections();
    // WebSockets and what else was upgraded are no longer the server's.
    for (const socket of this.#sockets) socket.destroy();
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #requested(response: ServerResponse): void {
    this.#responses.add(response);
    response.once('close', () => this.#answered(response));
    if (this.#state !== 'serving') askToLeave(response);
  }

  #answered(response: ServerResponse): void {
    this.#responses.delete(response);
    // An answer that began before the drain has promised to keep its connection.
    if (this.#state === 'closing') setImmediate(() => this.#server.closeIdleConnections());
  }

  #listens(signal: AbortSignal): Promise<void> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const settle = (decide: () => void): void => {
        server.off('listening', listens).off('error', fails).off('close', closes);
        signal.removeEventListener('abort', aborts);
        decide();
      };
      const listens = (): void => settle(resolve);
      const fails = (cause: Error): void => settle(() => reject(failedToListen(cause)));
      const closes = (): void => settle(() => reject(closedTooEarly()));
      const aborts = (): void => settle(() => reject(signal.reason));
      server.once('listening', listens).once('error', fails).once('close', closes);
      signal.addEventListener('abort', aborts, { once: true });
      if (signal.aborted) aborts();
    });
  }
}

/** Its connection ends after it. What says so already, or is on its way, stays as it is. */
function askToLeave(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

function failedToListen(cause: Error): ProviderError {
  return new ProviderError('SERVER_FAILED', `The server did not come to listen: ${cause.message}.`, { cause });
}

function closedTooEarly(): ProviderError {
  return new ProviderError('SERVER_CLOSED', 'The server was closed before it listened.');
}
