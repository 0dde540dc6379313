/** Where one call waits until a case lets it pass. */
export class Gate {
  readonly #opened: Promise<void>;
  #isReached = false;
  #open: () => void = () => undefined;

  constructor() {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** Whether a call stands here, or has stood here. */
  get isReached(): boolean {
    return this.#isReached;
  }

  open(): void {
    this.#open();
  }

  /** Resolves once the gate is open. Rejects with the reason of `signal` as soon as it aborts, as every call of a driver does. */
  async pass(signal: AbortSignal): Promise<void> {
    this.#isReached = true;
    signal.throwIfAborted();
    const passed = new AbortController();
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: passed.signal });
    });
    try {
      await Promise.race([this.#opened, aborted]);
    } finally {
      passed.abort();
    }
  }
}
