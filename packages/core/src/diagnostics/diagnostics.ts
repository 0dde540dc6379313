import { guardedCall } from './guarded-call.ts';

/** Something that happened in the background and has no caller to tell (E4). */
export type DiagnosticEvent =
  /** One renewal attempt failed; the lease may still live (L7 `suspect`). */
  | { readonly type: 'renewal-failed'; readonly service: string; readonly id: string; readonly error: unknown }
  /** The entry is lost, or must be taken for lost (L5). */
  | { readonly type: 'registration-lost'; readonly service: string; readonly id: string; readonly cause: unknown }
  /** One attempt to register again failed; the next follows after a pause (R6). */
  | {
      readonly type: 'reregistration-failed';
      readonly service: string;
      readonly id: string;
      readonly attempt: number;
      readonly error: unknown;
    }
  /** What should have been removed could not be; it is left to its TTL (R2, C2). */
  | { readonly type: 'deregistration-failed'; readonly service: string; readonly id: string; readonly error: unknown }
  /** Registered again after `attempts` attempts, `gapMs` after the loss (R6). */
  | {
      readonly type: 'reregistered';
      readonly service: string;
      readonly id: string;
      readonly attempts: number;
      readonly gapMs: number;
    }
  /** A watch lost its backend. Told once for each outage, and again when the cause changes (W6). */
  | { readonly type: 'watch-interrupted'; readonly service: string; readonly error: unknown }
  /** A watch is back, `gapMs` after it was interrupted; `resync` tells whether the set had changed meanwhile (W6). */
  | { readonly type: 'watch-resumed'; readonly service: string; readonly resync: boolean; readonly gapMs: number }
  /** A record that cannot be decoded; told once until it decodes or disappears (D5). */
  | { readonly type: 'malformed-record'; readonly service: string; readonly key: string; readonly error: unknown }
  /** A callback of the user's threw (L7). */
  | { readonly type: 'callback-failed'; readonly error: unknown };

/** Hands events to the user's sink. Whatever the sink throws stops here (E4). */
export class Diagnostics {
  readonly #sink: ((event: DiagnosticEvent) => void) | undefined;

  constructor(sink: ((event: DiagnosticEvent) => void) | undefined) {
    this.#sink = sink;
  }

  report(event: DiagnosticEvent): void {
    if (this.#sink !== undefined) guardedCall(this.#sink, event, nobodyLeftToTell);
  }
}

function nobodyLeftToTell(): void {
  // A broken sink cannot be told about itself.
}
