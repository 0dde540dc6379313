import { connect, type Socket } from 'node:net';
import type { Direction, ProxyFaults } from './proxy-faults.ts';
import { ProxyFlow } from './proxy-flow.ts';

/** Where a proxy leads. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/** What a connection needs of its proxy. */
export interface ProxyConnectionTerms {
  readonly client: Socket;
  readonly target: ProxyTarget;
  readonly faults: ProxyFaults;
  readonly onBytes: (direction: Direction, count: number) => void;
  readonly onClose: (connection: ProxyConnection) => void;
}

/** One connection of a client through a proxy. */
export class ProxyConnection {
  /** The client's port, as the proxy sees it. */
  readonly clientPort: number;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #flows: readonly ProxyFlow[];
  readonly #onClose: (connection: ProxyConnection) => void;
  #isFrozen = false;
  #isClosed = false;

  constructor({ client, target, faults, onBytes, onClose }: ProxyConnectionTerms) {
    this.clientPort = client.remotePort ?? 0;
    this.#client = client;
    this.#server = connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#onClose = onClose;
    const flow = (direction: Direction, from: Socket, to: Socket): ProxyFlow =>
      new ProxyFlow({
        direction,
        from,
        to,
        faults,
        onBytes: (count) => onBytes(direction, count),
        onReset: () => this.reset(),
      });
    this.#flows = [flow('up', this.#client, this.#server), flow('down', this.#server, this.#client)];
    for (const socket of [this.#client, this.#server]) socket.once('close', () => this.#noteClosed());
  }

  /** Whether it alone is silent, whatever the faults of the proxy. */
  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** Goes silent in both directions, and stays open. */
  freeze(): void {
    this.#isFrozen = true;
    for (const flow of this.#flows) flow.freeze();
  }

  /** Ends the silence; what was held back passes. */
  thaw(): void {
    this.#isFrozen = false;
    for (const flow of this.#flows) flow.thaw();
  }

  /** Breaks it at both ends (RST). */
  reset(): void {
    for (const flow of this.#flows) flow.close();
    for (const socket of [this.#client, this.#server]) socket.resetAndDestroy();
    this.#close();
  }

  /** To be called when the faults of the proxy have changed. */
  pump(): void {
    for (const flow of this.#flows) flow.pump();
  }

  // An end that was reset is closed at once, but the other one hears of it only when the flow lets the reset pass.
  #noteClosed(): void {
    if (this.#client.closed && this.#server.closed) this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose(this);
  }
}
