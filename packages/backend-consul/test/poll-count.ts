import type { Exchange, Interference } from './faults/http-forwarder.ts';

/** Counts the polls that pass a forwarder: those that wait for an index. */
export class PollCount {
  readonly #open: string[] = [];
  #most = 0;

  /** The paths of those that are open, with their queries. */
  get open(): readonly string[] {
    return this.#open;
  }

  /** The most that were ever open at a time. */
  get most(): number {
    return this.#most;
  }

  /** Counts, and interferes with whatever `interfere` does. */
  counting(interfere: Interference = () => false): Interference {
    return (exchange) => {
      if (!/[?&]index=/.test(exchange.path)) return interfere(exchange);
      const counted = this.#counted(exchange);
      if (!interfere(counted)) void counted.forward().then(exchange.answer, () => undefined);
      return true;
    };
  }

  #counted(exchange: Exchange): Exchange {
    const { path, forward } = exchange;
    this.#open.push(path);
    this.#most = Math.max(this.#most, this.#open.length);
    return {
      ...exchange,
      forward: async () => {
        try {
          return await forward();
        } finally {
          this.#open.splice(this.#open.indexOf(path), 1);
        }
      },
    };
  }
}
