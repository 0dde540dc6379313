import type { ServiceSnapshot } from '@rollcall/core';

/** One snapshot, and when the consumer read it. */
export interface Sighting {
  readonly atMs: number;
  readonly snapshot: ServiceSnapshot;
}

/** One HTTP request to one provider that was answered. */
interface ServedAttempt {
  readonly type: 'served';
  readonly provider: string;
  readonly sentAtMs: number;
  readonly words: number;
}

/** One that was not. */
export interface FailedAttempt {
  readonly type: 'failed';
  readonly provider: string;
  readonly sentAtMs: number;
  readonly reason: string;
}

/** One HTTP request to one provider. */
export type Attempt = ServedAttempt | FailedAttempt;

/** One line that was to be counted: tried with one provider after another, until one serves it. */
export interface Call {
  readonly scene: string;
  /** How many words the line really has. */
  readonly words: number;
  readonly attempts: readonly Attempt[];
}

/** A provider that the caller has left out for a while. */
export interface LeavingOut {
  readonly atMs: number;
  readonly provider: string;
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
