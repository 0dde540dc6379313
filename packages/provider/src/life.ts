/**
 * `waiting`: for the server to listen and for the registry. `starting`: registered, `ready` is under way. `up`: callers may
 * come. `draining`: it serves, and callers are told to go elsewhere. `closing`: what is under way is answered. `stopped`: over.
 */
export type ProviderState = 'waiting' | 'starting' | 'up' | 'draining' | 'closing' | 'stopped';

/** One step of a provider's life. */
export interface ProviderStateChange {
  /** The state that is over. */
  readonly from: ProviderState;
  /** The state that follows it. Never the same. */
  readonly to: ProviderState;
}

/** Something that went wrong and stops nothing. */
export type ProviderDiagnosticEvent =
  /** A new status could not be written. It is written again with each renewal (R5). */
  | {
      readonly type: 'announcement-failed';
      readonly service: string;
      readonly id: string;
      readonly status: 'up' | 'draining';
      readonly error: unknown;
    }
  /** Requests were not answered in time, and their connections were cut. */
  | { readonly type: 'connections-cut'; readonly service: string; readonly id: string }
  /** The entry could not be removed; its TTL ends it. */
  | { readonly type: 'deregistration-failed'; readonly service: string; readonly id: string; readonly error: unknown }
  /** A callback of the user's threw. */
  | { readonly type: 'callback-failed'; readonly error: unknown };

/** Who hears of a provider's life. */
export interface Listeners {
  readonly onStateChange: ((change: ProviderStateChange) => unknown) | undefined;
  readonly onDiagnostic: ((event: ProviderDiagnosticEvent) => unknown) | undefined;
}

/** Which state a provider is in, and the door to those who hear of it. What they throw goes no further (E4). */
export class Life {
  readonly #listeners: Listeners;
  #state: ProviderState = 'waiting';

  constructor(listeners: Listeners) {
    this.#listeners = listeners;
  }

  get state(): ProviderState {
    return this.#state;
  }

  enter(to: ProviderState): void {
    const from = this.#state;
    if (from === to) return;
    this.#state = to;
    const { onStateChange } = this.#listeners;
    void guarded(
      () => onStateChange?.({ from, to }),
      (error) => this.report({ type: 'callback-failed', error }),
    );
  }

  report(event: ProviderDiagnosticEvent): void {
    const { onDiagnostic } = this.#listeners;
    // A broken sink cannot be told about itself.
    void guarded(
      () => onDiagnostic?.(event),
      () => undefined,
    );
  }
}

/** Calls at once, and hears also of a promise that rejects. */
async function guarded(call: () => unknown, failed: (error: unknown) => void): Promise<void> {
  try {
    await call();
  } catch (error) {
    failed(error);
  }
}
