import process from 'node:process';
import type { Clock } from '@rollcall/core';
import { ProviderError } from '../provider-error.ts';

/** Signals of the system that may stop a provider. */
export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGQUIT' | 'SIGUSR2';

/** For one Ctrl-C several may come: the terminal signals every process, and npm passes on what it gets. */
const sameRequestMs = 500;

/** What a process is told by signals. */
export interface StopRequestTerms {
  readonly clock: Clock;
  readonly signals: readonly StopSignal[];
  /** Called for each request that follows the first. */
  readonly onHaste: () => void;
}

/** Hears the signals that ask this process to end, until it is let go. */
export class StopRequests {
  readonly #terms: StopRequestTerms;
  readonly #first = new AbortController();
  readonly #listener = (signal: StopSignal): void => this.#hear(signal);
  #heard: { readonly signal: StopSignal; readonly atMs: number } | undefined;

  constructor(terms: StopRequestTerms) {
    this.#terms = terms;
    for (const signal of terms.signals) process.on(signal, this.#listener);
  }

  /** The signal that came first. */
  get signal(): StopSignal | undefined {
    return this.#heard?.signal;
  }

  /** Aborts with the first signal, with the error of a provider that was not up yet. */
  get requested(): AbortSignal {
    return this.#first.signal;
  }

  /**
   * Hears no more: signals mean what they meant before. If one came, the process is to end. That it does by itself when
   * nothing keeps it, and else `afterMs` from now; unless somebody else listens for that signal, who then ends it: another
   * provider that is still closing, or the program.
   */
  letGo(afterMs: number): void {
    const { clock, signals } = this.#terms;
    for (const signal of signals) process.off(signal, this.#listener);
    if (this.signal === undefined || process.listenerCount(this.signal) > 0) return;
    // Without a code of its own: `process.exitCode` is the program's to set.
    clock.schedule(afterMs, () => process.exit(), { background: true });
  }

  #hear(signal: StopSignal): void {
    const atMs = this.#terms.clock.now();
    const last = this.#heard;
    this.#heard = { signal: last?.signal ?? signal, atMs };
    if (last === undefined) this.#first.abort(stoppedTooEarly(signal));
    else if (atMs - last.atMs >= sameRequestMs) this.#terms.onHaste();
  }
}

function stoppedTooEarly(signal: StopSignal): ProviderError {
  return new ProviderError(
    'PROVIDER_STOPPED',
    `${signal} came before the server was up; it is closed and not registered.`,
  );
}
