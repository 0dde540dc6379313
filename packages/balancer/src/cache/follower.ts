import type { Clock, Discovery, ServiceSnapshot, Watcher } from '@rollcall/core';

/** How long to wait before a watch is opened again that was refused: nothing but somebody's doing mends it. */
const reopenAfterMs = 10_000;

/** Who hears what a watch tells. */
export interface FollowerListener {
  read(snapshot: ServiceSnapshot): void;
  /** The watch has failed, and is opened again. */
  failed(error: unknown): void;
  /** The registry was closed: nothing comes any more. */
  ended(): void;
}

/** Reads the watch of one service to its end, and opens it again when it fails. */
export class Follower {
  readonly #discovery: Discovery;
  readonly #service: string;
  readonly #clock: Clock;
  readonly #listener: FollowerListener;
  #watcher: Watcher | undefined;
  #pause: Disposable | undefined;
  #isStopped = false;

  constructor(discovery: Discovery, service: string, clock: Clock, listener: FollowerListener) {
    this.#discovery = discovery;
    this.#service = service;
    this.#clock = clock;
    this.#listener = listener;
    void this.#follow();
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#isStopped = true;
    this.#pause?.[Symbol.dispose]();
    void this.#watcher?.return();
  }

  /** Never rejects. */
  async #follow(): Promise<void> {
    try {
      this.#watcher = this.#discovery.watch(this.#service);
      for await (const snapshot of this.#watcher) {
        if (this.#isStopped) return;
        this.#listener.read(snapshot);
      }
      if (!this.#isStopped) this.#listener.ended();
    } catch (error) {
      if (this.#isStopped) return;
      this.#listener.failed(error);
      this.#pause = this.#clock.schedule(reopenAfterMs, () => void this.#follow());
    }
  }
}
