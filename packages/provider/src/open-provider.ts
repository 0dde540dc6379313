import type { Registration } from '@rollcall/core';
import type { Life, ProviderState } from './life.ts';
import type { Provider, StopCause } from './provider.ts';
import type { ProvideTerms } from './provide-terms.ts';
import type { ProvidedServer } from './servers/provided-server.ts';
import { deregister, shutDown } from './stopping/shut-down.ts';
import type { StopRequests } from './stopping/stop-requests.ts';
import type { Waits } from './stopping/waits.ts';

/** What a provider that is up consists of. */
export interface ProviderParts {
  readonly server: ProvidedServer;
  readonly registration: Registration;
  readonly terms: ProvideTerms;
  readonly life: Life;
  readonly waits: Waits;
  readonly requests: StopRequests;
}

/** The handle: it stops once, whoever asks first. */
export class OpenProvider implements Provider {
  readonly registration: Registration;
  readonly stopped: Promise<StopCause>;
  readonly #parts: ProviderParts;
  readonly #hasStopped: (cause: StopCause) => void;
  #stopping: Promise<void> | undefined;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
    this.registration = parts.registration;
    let resolveStopped: ((cause: StopCause) => void) | undefined;
    this.stopped = new Promise((resolve) => {
      resolveStopped = resolve;
    });
    this.#hasStopped = (cause) => resolveStopped?.(cause);
    void parts.server.closed.then(() => this.#stop({ type: 'server-closed' }));
    this.#heed(parts.requests);
  }

  get state(): ProviderState {
    return this.#parts.life.state;
  }

  stop(): Promise<void> {
    return this.#stop({ type: 'asked' });
  }

  hasten(): void {
    this.#parts.waits.hasten();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** A signal may have come before there was a handle. */
  #heed(requests: StopRequests): void {
    const stop = (): void => {
      if (requests.signal !== undefined) void this.#stop({ type: 'signal', signal: requests.signal });
    };
    if (requests.requested.aborted) stop();
    else requests.requested.addEventListener('abort', stop, { once: true });
  }

  #stop(cause: StopCause): Promise<void> {
    this.#stopping ??= this.#shutDown(cause);
    return this.#stopping;
  }

  async #shutDown(cause: StopCause): Promise<void> {
    const { terms, life, requests } = this.#parts;
    const what = { ...this.#parts, ...terms };
    // Nobody can be served any more: the entry is a ghost.
    await (cause.type === 'server-closed' ? deregister(what) : shutDown(what));
    life.enter('stopped');
    this.#hasStopped(cause);
    requests.letGo(terms.exitAfterMs);
  }
}
