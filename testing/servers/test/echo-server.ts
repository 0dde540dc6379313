import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Sends back what it gets, and counts it. */
export class EchoServer implements AsyncDisposable {
  received = 0;
  readonly sockets: Set<Socket> = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#accept(socket));

  static async start(): Promise<EchoServer> {
    const server = new EchoServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get target(): { readonly host: string; readonly port: number } {
    const { address, port } = this.#server.address() as AddressInfo;
    return { host: address, port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      this.received += bytes.length;
    });
    socket.once('close', () => this.sockets.delete(socket));
    socket.pipe(socket);
  }
}
