import type { Clock } from '@rollcall/core/driver';
import type { Subscriber } from './store/key-value-connection.ts';
import type { KeyEvent } from './store/key-value-store.ts';

/** Tells one reader that something has changed. However often it rings while nobody listens, it is heard once (W3). */
export class Doorbell implements Subscriber {
  #hasRung = false;
  #broken: { readonly error: Error } | undefined;
  #wake: () => void = () => undefined;

  happened(event: KeyEvent): void {
    // Renewals change no set: without this line, each would have every watcher read the whole service.
    if (event === 'expire') return;
    this.#hasRung = true;
    this.#wake();
  }

  /** W6: what has been lost cannot be told, so the watch must not go on as if nothing had happened. */
  broken(error: Error): void {
    this.#broken = { error };
    this.#wake();
  }

  /**
   * Resolves when it has rung since the last time, or after `ms` milliseconds.
   * @throws the reason of `signal` as soon as that aborts, and what broke the connection
   */
  async heard(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#hasRung && this.#broken === undefined && !signal.aborted)
      await this.#somethingHappens(clock, ms, signal);
    signal.throwIfAborted(); // C1
    if (this.#broken !== undefined) throw this.#broken.error;
    this.#hasRung = false;
  }

  #somethingHappens(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        // W9: nothing of the wait is left.
        timer[Symbol.dispose]();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      // C4: in the background, so that a watch alone keeps no process alive; core knows whether anybody waits.
      const timer = clock.schedule(ms, wake, { background: true });
      signal.addEventListener('abort', wake, { once: true });
      this.#wake = wake;
    });
  }
}
