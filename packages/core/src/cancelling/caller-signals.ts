import type { Stop } from './stop.ts';

/**
 * The callers' signals of one registry. However many calls and watchers share a signal, it gets one listener, for as long as
 * any of them is under way: more than ten would make Node warn of a leak.
 */
export class CallerSignals {
  readonly #shared = new WeakMap<AbortSignal, SharedSignal>();

  stop(signal: AbortSignal | undefined): Stop | undefined {
    if (signal === undefined) return undefined;
    const shared = this.#shared.get(signal) ?? new SharedSignal(signal);
    this.#shared.set(signal, shared);
    return shared;
  }
}

class SharedSignal implements Stop {
  readonly #signal: AbortSignal;
  readonly #callbacks = new Set<() => void>();
  readonly #listener = (): void => {
    for (const callback of this.#callbacks) callback();
    this.#callbacks.clear();
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get isAborted(): boolean {
    return this.#signal.aborted;
  }

  get reason(): unknown {
    return this.#signal.reason;
  }

  onAbort(callback: () => void): () => void {
    const own = (): void => callback();
    if (this.#callbacks.size === 0) this.#signal.addEventListener('abort', this.#listener, { once: true });
    this.#callbacks.add(own);
    return () => {
      if (this.#callbacks.delete(own) && this.#callbacks.size === 0)
        this.#signal.removeEventListener('abort', this.#listener);
    };
  }
}
