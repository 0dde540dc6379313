import { readOptions, signalOption } from './option-checks.ts';

/** Options of one call. */
export interface CallOptions {
  /** Cancels this one call, which rejects with `signal.reason` (C1). It never ends a handle that the call returned. */
  readonly signal?: AbortSignal | undefined;
}

/** Also for watchers, whose options have the same one key. @throws TypeError for an unknown key or anything but a signal (I6) */
export function checkCallOptions(options: CallOptions | undefined): { readonly signal: AbortSignal | undefined } {
  return { signal: signalOption(readOptions(options, ['signal'])) };
}
