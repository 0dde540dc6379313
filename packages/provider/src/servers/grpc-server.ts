import { fieldError } from '@rollcall/core/driver';
import type { ListeningAddress, ProvidedServer } from './provided-server.ts';

/** What is needed of a `Server` of @grpc/grpc-js, which fits as it is. */
export interface GrpcServer {
  /** Says goodbye to each client, takes nothing new, and calls back when every call has ended. */
  tryShutdown(callback: (error?: Error) => void): void;
  /** Ends every call at once. */
  forceShutdown(): void;
}

/** Where the server was bound, which it cannot be asked. */
export interface GrpcServerOptions {
  /** What `bindAsync` called back with, 1–65535. */
  readonly port: number;
  /** The host that was given to `bindAsync`; IPv6 without brackets. @defaultValue '0.0.0.0' */
  readonly host?: string | undefined;
}

/**
 * A server of @grpc/grpc-js for `provide`, once it is bound. Clients on open connections are told to leave (GOAWAY) when it
 * closes, after the drain; calls that are under way go on to their end. It cannot tell that it was shut down by somebody
 * else: end it by `provider.stop()`.
 * @throws TypeError for a bad option
 */
export function grpcServer(server: GrpcServer, options: GrpcServerOptions): ProvidedServer {
  const { port, host = '0.0.0.0' } = options;
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw fieldError('options.port', 'an integer from 1 to 65535, what bindAsync called back with', port);
  if (typeof host !== 'string' || host === '') throw fieldError('options.host', 'a host name or an IP address', host);
  return new ProvidedGrpcServer(server, { type: 'port', scheme: 'grpc', host, port });
}

class ProvidedGrpcServer implements ProvidedServer {
  readonly closed: Promise<void>;
  readonly #server: GrpcServer;
  readonly #address: ListeningAddress;
  readonly #isClosed: () => void;

  constructor(server: GrpcServer, address: ListeningAddress) {
    this.#server = server;
    this.#address = address;
    let resolveClosed: (() => void) | undefined;
    this.closed = new Promise((resolve) => {
      resolveClosed = resolve;
    });
    this.#isClosed = () => resolveClosed?.();
  }

  listening(): Promise<ListeningAddress> {
    return Promise.resolve(this.#address);
  }

  drain(): void {
    // A connection carries many calls: only closing ends it, and then in good order.
  }

  close(): Promise<void> {
    this.#server.tryShutdown(this.#isClosed);
    return this.closed;
  }

  cut(): void {
    this.#server.forceShutdown();
    this.#isClosed();
  }
}
