import type { ServiceSnapshot } from '@rollcall/core';
import type { Protocol } from '../calling/protocols.ts';

/** One snapshot, and when the consumer read it. */
export interface Sighting {
  readonly atMs: number;
  readonly snapshot: ServiceSnapshot;
}

/** One request to one provider that was answered. */
interface ServedAttempt {
  readonly type: 'served';
  readonly protocol: Protocol;
  readonly provider: string;
  readonly sentAtMs: number;
}

/** One that was not. */
interface FailedAttempt {
  readonly type: 'failed';
  readonly protocol: Protocol;
  readonly provider: string;
  readonly sentAtMs: number;
  readonly reason: string;
}

/** One request to one provider, as the client told of it. */
export type Attempt = ServedAttempt | FailedAttempt;

/** What the caller got in the end. */
export type CallEnding =
  | { readonly type: 'answered'; readonly words: number }
  | { readonly type: 'lost'; readonly reason: string };

/** One line that was to be counted: tried with one provider after another, until one serves it. */
export interface Call {
  readonly scene: string;
  readonly protocol: Protocol;
  /** How many words the line really has. */
  readonly words: number;
  readonly attempts: readonly Attempt[];
  /** Undefined while it is under way. */
  readonly ending: CallEnding | undefined;
}

/** A provider that the caller has left out for a while. */
export interface LeavingOut {
  readonly atMs: number;
  readonly provider: string;
  readonly protocol: Protocol;
}

/** All that was seen and asked, in order. What held is judged from this afterwards, not from what was hoped for. */
export class RunRecord {
  readonly sightings: Sighting[] = [];
  readonly calls: Call[] = [];
  readonly leftOut: LeavingOut[] = [];
  /** Which scene is on. */
  scene: string = '';
  readonly #startedAt = performance.now();

  /** Milliseconds since the start, on the monotonic clock: the wall clock may jump. */
  now(): number {
    return performance.now() - this.#startedAt;
  }
}

/** Whether a call was sent to a provider that did not answer it. */
export function hasMissed({ attempts }: Call, provider: string): boolean {
  return attempts.some((one) => one.type === 'failed' && one.provider === provider);
}
