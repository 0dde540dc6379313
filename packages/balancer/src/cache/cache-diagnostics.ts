import { guarded, guardedCall } from '@rollcall/core/driver';
import type { RefusalReason } from '../disk/snapshot-format.ts';
import type { AbsencePattern } from '../protection/absences.ts';

/** Something that happened in the background and that an operator may want to know. */
export type CacheDiagnosticEvent =
  /** The registry is out of reach, and the last known set is served. */
  | { readonly type: 'set-stale'; readonly service: string; readonly instances: number }
  /** The registry answers again, and lists so many, after the last known set, or that from disk, stood for `awayMs`. */
  | { readonly type: 'set-live'; readonly service: string; readonly instances: number; readonly awayMs: number }
  /** The registry was out of reach for longer than `maxStaleMs`: nothing is served any more. */
  | { readonly type: 'set-expired'; readonly service: string; readonly staleMs: number }
  /** The registry has not answered yet, and the set from disk is served, which it showed `ageMs` ago. */
  | { readonly type: 'set-from-disk'; readonly service: string; readonly instances: number; readonly ageMs: number }
  /** The watch ended, as it does for want of rights. It is opened again after a pause. */
  | { readonly type: 'watch-failed'; readonly service: string; readonly error: unknown }
  /**
   * So many instances are missed at once that they are served for up to `holdMs` more. `held` are missed, `left` are `up` in the
   * registry, and `pattern` is what it shows of the cause.
   */
  | {
      readonly type: 'protection-began';
      readonly service: string;
      readonly pattern: AbsencePattern;
      readonly held: number;
      readonly left: number;
      readonly holdMs: number;
    }
  /** It is over: `all-returned`, or `bound-over`, and those that did not return are believed gone. */
  | {
      readonly type: 'protection-ended';
      readonly service: string;
      readonly because: 'all-returned' | 'bound-over';
      readonly gone: number;
    }
  /** The file was looked at, when the cache was opened: it has sets of so many services that are young enough. */
  | { readonly type: 'snapshot-read'; readonly path: string; readonly services: number }
  /** The file is not taken. One that is not a damaged snapshot of this scope is not overwritten either. */
  | {
      readonly type: 'snapshot-refused';
      readonly path: string;
      readonly reason: RefusalReason;
      readonly error: unknown;
    }
  /** The snapshot could not be written; the former one stands. It is written again with the next change. */
  | { readonly type: 'snapshot-not-written'; readonly path: string; readonly error: unknown }
  /** These services go where a file or a variable says, and not where the registry says. Told at the start and after each change. */
  | { readonly type: 'overrides-read'; readonly origin: string; readonly services: readonly string[] }
  /** The overrides cannot be read. Those that were read before stand. */
  | { readonly type: 'overrides-refused'; readonly origin: string; readonly error: unknown }
  /** A callback of the user's threw. */
  | { readonly type: 'callback-failed'; readonly error: unknown };

/** The door to who hears of what happens to a cache. What users throw goes no further (E4). */
export class CacheDiagnostics {
  readonly #sink: ((event: CacheDiagnosticEvent) => unknown) | undefined;

  constructor(sink: ((event: CacheDiagnosticEvent) => unknown) | undefined) {
    this.#sink = sink;
  }

  report(event: CacheDiagnosticEvent): void {
    // A broken sink cannot be told about itself.
    guarded(() => this.#sink?.(event));
  }

  /** Calls a function of the user's. */
  guard(call: () => unknown): void {
    guardedCall(call, undefined, (error) => this.report({ type: 'callback-failed', error }));
  }
}
