import type { EtcdConnection } from '../connection/etcd-connection.ts';
import type { Token } from '../connection/etcd-link.ts';
import { Subscription } from './subscription.ts';
import { type WatchFrom, WatchStream } from './watch-stream.ts';

/** Watches of a registry, over one stream on the link in use. */
export class Watches {
  readonly #connection: EtcdConnection;
  #stream: WatchStream | undefined;
  /** What the stream was opened with. */
  #token: Token | undefined;

  constructor(connection: EtcdConnection) {
    this.#connection = connection;
  }

  /** @param dialling bounds reaching the server; what is returned goes on until it is closed */
  async open(from: WatchFrom, dialling: AbortSignal): Promise<Subscription> {
    const link = await this.#connection.link(dialling);
    // A stream keeps the token that it was opened with, and the server asks for a good one for each new watch on it.
    const { token } = link;
    if (this.#stream === undefined || this.#stream.isBroken || this.#stream.link !== link || this.#token !== token) {
      this.#stream?.retire();
      this.#stream = new WatchStream(link, (error) => this.#connection.streamFailed(link, token, error));
      this.#token = token;
    }
    return new Subscription(this.#stream, from);
  }
}
