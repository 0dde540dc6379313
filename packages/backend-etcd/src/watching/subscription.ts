import type { WatchEvent } from '../protocol/etcd-messages.ts';
import type { WatchFrom, WatchListener, WatchStream } from './watch-stream.ts';

/** One watch, read at its reader's pace: what has come meanwhile is kept by key, the newest of each. */
export class Subscription implements WatchListener, Disposable {
  #events = new Map<string, WatchEvent>();
  #ended: { readonly error: unknown } | undefined;
  #reader: { readonly resolve: () => void } | undefined;
  readonly #cancel: () => void;

  constructor(stream: WatchStream, from: WatchFrom) {
    this.#cancel = stream.open(from, this);
  }

  /** Everything that has come since it was asked last, as one step; waits for something to come. Rejects when it has ended. */
  async next(): Promise<readonly WatchEvent[]> {
    if (this.#events.size === 0 && this.#ended === undefined)
      await new Promise<void>((resolve) => {
        this.#reader = { resolve };
      });
    if (this.#events.size === 0) throw this.#ended?.error;
    const events = [...this.#events.values()];
    this.#events.clear();
    return events;
  }

  happened(events: readonly WatchEvent[]): void {
    for (const event of events) this.#events.set(event.kv.key.toString('latin1'), event);
    this.#wake();
  }

  /** Its reader is told so after everything that came before. */
  ended(error: unknown): void {
    this.#ended ??= { error };
    this.#wake();
  }

  /** Its reader is told so at once. */
  abort(reason: unknown): void {
    this.#events.clear();
    this.#ended = { error: reason };
    this.#wake();
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #wake(): void {
    this.#reader?.resolve();
    this.#reader = undefined;
  }
}
