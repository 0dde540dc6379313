import type { Clock } from '@rollcall/core/driver';
import { ConnectionError } from './connection-error.ts';
import type { KeyEvent, KeyValueStore } from './key-value-store.ts';

/** What the store runs in one step: in Redis a Lua script, sent with `EVAL`. */
export type Script<T> = (store: KeyValueStore) => T;

/** Who is told what happens below a prefix. */
export interface Subscriber {
  happened(event: KeyEvent): void;
  /** The connection is gone, and with it everything that would have been told. */
  broken(error: Error): void;
}

/** A subscription from the call on; it is told everything that happens after `confirmed` has resolved. */
export interface Subscription extends Disposable {
  readonly confirmed: Promise<void>;
}

/**
 * Stands in for a client library of Redis: one socket, over which calls go in order and notifications come in order (RESP3).
 * `cut`, `silence` and `restore` are what happens to sockets.
 */
export class KeyValueConnection {
  readonly address: string;
  readonly #store: KeyValueStore;
  readonly #turns: number;
  readonly #subscriptions = new Set<{ readonly prefix: string; readonly subscriber: Subscriber }>();
  /** How to end each call that waits for its answer. */
  readonly #unanswered = new Set<(error: Error) => void>();
  #link: 'up' | 'silent' | 'down' | 'closed' = 'up';
  /** Counts the sockets, so that nothing that was under way on a former one arrives on the next. */
  #socket = 0;

  /** @param turns how far away the store is: one way takes no time on the clock, but so many turns in which others get ahead */
  constructor(store: KeyValueStore, address: string, turns: number = 1) {
    this.#store = store;
    this.address = address;
    this.#turns = turns;
    store.attach(this);
  }

  /** What the store's times to live expire on. A server has a clock of its own, and no client can have it. */
  get clock(): Clock {
    return this.#store.clock;
  }

  /** Runs `script` in the store. A rejection does not tell whether it ran: the answer may be what was lost. */
  eval<T>(script: Script<T>): Promise<T> {
    if (this.#link === 'closed') return Promise.reject(new ConnectionError('closed'));
    if (this.#link === 'down') return Promise.reject(new ConnectionError('lost'));
    return new Promise<T>((resolve, reject) => {
      this.#unanswered.add(reject);
      this.#travel(() => {
        const answer = script(this.#store);
        this.#travel(() => {
          this.#unanswered.delete(reject);
          resolve(answer);
        });
      });
    });
  }

  /** `PSUBSCRIBE __keyspace@0__:prefix*` */
  subscribe(prefix: string, subscriber: Subscriber): Subscription {
    const subscription = { prefix, subscriber };
    let isWanted = true;
    const confirmed = this.eval(() => {
      if (isWanted) this.#subscriptions.add(subscription);
    });
    return {
      confirmed,
      [Symbol.dispose]: () => {
        isWanted = false;
        this.#subscriptions.delete(subscription);
      },
    };
  }

  /** Called by the store, in the order in which things happen. */
  deliver(key: string, event: KeyEvent): void {
    for (const { prefix, subscriber } of this.#subscriptions)
      if (key.startsWith(prefix)) this.#travel(() => subscriber.happened(event));
  }

  /** The socket is reset: everybody who uses it is told. Until `restore`, calls are refused. */
  cut(): void {
    this.#break('down', new ConnectionError('lost'));
  }

  /** The peer falls silent: nothing gets through any more, and nobody is told (W7). */
  silence(): void {
    if (this.#link === 'up') this.#link = 'silent';
  }

  /** Another socket, after whatever happened to the last one. */
  restore(): void {
    if (this.#link === 'closed') return;
    this.#break('up', new ConnectionError('lost'));
  }

  close(): void {
    this.#break('closed', new ConnectionError('closed'));
    this.#store.detach(this);
  }

  #break(link: 'up' | 'down' | 'closed', error: Error): void {
    this.#link = link;
    this.#socket += 1;
    for (const reject of this.#unanswered) reject(error);
    for (const { subscriber } of this.#subscriptions) subscriber.broken(error);
    this.#unanswered.clear();
    this.#subscriptions.clear();
  }

  /** One way over the network, in order; what is under way when the socket breaks never arrives. */
  #travel(arrive: () => void, turns: number = this.#turns, socket: number = this.#socket): void {
    queueMicrotask(() => {
      if (this.#link !== 'up' || this.#socket !== socket) return;
      if (turns > 1) this.#travel(arrive, turns - 1, socket);
      else arrive();
    });
  }
}
