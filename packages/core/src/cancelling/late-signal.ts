import type { Stop } from './stop.ts';

/**
 * An abort signal that is made when it is first read. A controller costs more than a renewal does, and most are never
 * looked at: not by a driver that answers at once, not by an owner who does not ask for `lease.signal`.
 */
export class LateSignal implements Stop {
  #controller: AbortController | undefined;
  #callbacks: Set<() => void> | undefined;
  #ended: { readonly reason: unknown } | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#ended !== undefined) this.#controller.abort(this.#ended.reason);
    }
    return this.#controller.signal;
  }

  get isAborted(): boolean {
    return this.#ended !== undefined;
  }

  get reason(): unknown {
    return this.#ended?.reason;
  }

  onAbort(callback: () => void): () => void {
    this.#callbacks ??= new Set();
    const own = (): void => callback();
    this.#callbacks.add(own);
    return () => {
      this.#callbacks?.delete(own);
    };
  }

  /** Aborts, once; later calls change nothing. */
  abort(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    this.#controller?.abort(reason);
    for (const callback of this.#callbacks ?? []) callback();
    this.#callbacks = undefined;
  }
}
