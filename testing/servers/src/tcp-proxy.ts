import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-ports.ts';
import { ProxyConnection, type ProxyTarget } from './proxy-connection.ts';
import { type Direction, ProxyFaults } from './proxy-faults.ts';

/** What a proxy may be told at its start. */
export interface TcpProxyOptions {
  /** Where it listens. Default: a free port. */
  readonly port?: number;
  /** Hears of each new connection before anything passes through it, and may freeze or reset it. */
  readonly onConnection?: (connection: ProxyConnection) => void;
}

/**
 * A network between a client and a server that breaks as it is told. Whatever it does short of breaking a connection, the
 * bytes that pass are whole and in order: what a fault holds back passes when the fault is over.
 */
export class TcpProxy implements AsyncDisposable {
  readonly host: string = '127.0.0.1';
  readonly port: number;
  /** Such as `127.0.0.1:1234`. */
  readonly endpoint: string;
  /** Where new connections lead; may be changed at any time. */
  target: ProxyTarget;
  readonly #server: Server;
  readonly #onConnection: (connection: ProxyConnection) => void;
  readonly #faults: ProxyFaults = new ProxyFaults();
  readonly #connections: Set<ProxyConnection> = new Set<ProxyConnection>();
  readonly #bytes: Record<Direction, number> = { up: 0, down: 0 };
  #accepted = 0;
  #isCut = false;

  private constructor(target: ProxyTarget, port: number, onConnection: (connection: ProxyConnection) => void) {
    this.target = target;
    this.port = port;
    this.endpoint = `${this.host}:${port}`;
    this.#onConnection = onConnection;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  /** Listens on a loopback port and forwards to `target`, which need not be there yet. */
  static async start(target: ProxyTarget, options: TcpProxyOptions = {}): Promise<TcpProxy> {
    const onConnection = options.onConnection ?? ((): void => undefined);
    const proxy = new TcpProxy(target, options.port ?? (await freePort()), onConnection);
    proxy.#server.listen(proxy.port, proxy.host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** How many connections are open, at one end or both. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Those that are open, at one end or both. */
  get openConnections(): readonly ProxyConnection[] {
    return [...this.#connections];
  }

  /** How many connections were accepted so far, those broken at once included. */
  get accepted(): number {
    return this.#accepted;
  }

  /** How many bytes passed from clients to the server. */
  get bytesUp(): number {
    return this.#bytes.up;
  }

  /** How many bytes passed from the server to clients. */
  get bytesDown(): number {
    return this.#bytes.down;
  }

  /** Breaks all connections, and each new one as soon as it is accepted (RST), until `restore`. */
  cut(): void {
    this.#isCut = true;
    this.reset();
  }

  /** Breaks the connections that are open (RST). New ones work. */
  reset(): void {
    for (const connection of this.openConnections) connection.reset();
  }

  /** Nothing passes either way, and nobody hears of an end or a reset. New connections are accepted and as silent. */
  blackHole(): void {
    this.pause('up');
    this.pause('down');
  }

  /** The connections that are open go silent, as when one end has vanished without a word. New ones work. */
  freezeExisting(): void {
    for (const connection of this.#connections) connection.freeze();
  }

  /** Nothing passes in this direction. */
  pause(direction: Direction): void {
    this.#faults.paused.add(direction);
  }

  /** Lets this direction flow again, with all that was held back. */
  resume(direction: Direction): void {
    this.#faults.paused.delete(direction);
    this.#pump();
  }

  /** Each way takes this much longer; what is under way already counts from when it came. */
  delay(milliseconds: number): void {
    this.#faults.delayMs = milliseconds;
    this.#pump();
  }

  /** The most that each direction of each connection passes. */
  throttle(bytesPerSecond: number): void {
    if (!(bytesPerSecond > 0)) throw new RangeError(`bytesPerSecond must be more than 0; got ${bytesPerSecond}.`);
    this.#faults.bytesPerSecond = bytesPerSecond;
    this.#pump();
  }

  /**
   * Ends all faults. Connections that were silent flow again, with all that was held back, as after an outage of the network
   * shorter than TCP's patience; call `reset` first for one that was longer.
   */
  restore(): void {
    this.#isCut = false;
    this.#faults.clear();
    for (const connection of this.#connections) connection.thaw();
  }

  /** Breaks all connections and stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    // Errors are told by what follows them; without a listener they would end the process.
    client.on('error', () => undefined);
    if (this.#isCut) {
      client.resetAndDestroy();
      return;
    }
    const connection = new ProxyConnection({
      client,
      target: this.target,
      faults: this.#faults,
      onBytes: (direction, count) => {
        this.#bytes[direction] += count;
      },
      onClose: (closed) => this.#connections.delete(closed),
    });
    this.#connections.add(connection);
    this.#onConnection(connection);
  }

  #pump(): void {
    for (const connection of this.#connections) connection.pump();
  }
}
