import { InstantHeap } from './instant-heap.ts';
import type { Sleeper } from './sleeper.ts';

/** What one bucket spans, in milliseconds: a power of two, so that no rounding puts anybody into the wrong one. */
const spanMs = 16;

/** Those who stand within one span of time, in no order. */
class Bucket {
  readonly number: number;
  readonly sleepers: Sleeper[] = [];
  /** The earliest instant at which anybody stands. */
  first: number = Infinity;

  constructor(number: number) {
    this.number = number;
  }

  holds(instant: number): boolean {
    return bucketOf(instant) === this.number;
  }
}

function bucketOf(instant: number): number {
  return Math.floor(instant / spanMs);
}

/**
 * Places that are not near: put away by the span of time that they fall into, and looked at when it comes. With a million sleepers a
 * heap of all of them is a walk through memory for each; a bucket is one write to its end.
 */
export class FarPlaces {
  readonly #buckets = new Map<number, Bucket>();
  readonly #inOrder = new InstantHeap<Bucket>();
  #size = 0;

  /** How many places there are, dead ones with them. */
  get size(): number {
    return this.#size;
  }

  /** The earliest instant at which anybody may stand; `Infinity` when nobody does. */
  get firstInstant(): number {
    return this.#inOrder.first?.first ?? Infinity;
  }

  /** The end of the span of the first bucket: all others stand at that instant or later. */
  get firstEnd(): number {
    const first = this.#inOrder.first;
    return first === undefined ? Infinity : (first.number + 1) * spanMs;
  }

  push(sleeper: Sleeper, instant: number): void {
    const number = bucketOf(instant);
    let bucket = this.#buckets.get(number);
    if (bucket === undefined) {
      bucket = new Bucket(number);
      this.#buckets.set(number, bucket);
      this.#inOrder.push(bucket, number);
    }
    bucket.sleepers.push(sleeper);
    if (instant < bucket.first) bucket.first = instant;
    this.#size += 1;
  }

  /** Takes up to `most` places out of the first bucket, and the bucket once it is empty. @returns those whose place it still is */
  takeFirst(most: number): readonly Sleeper[] {
    const bucket = this.#inOrder.first;
    if (bucket === undefined) return [];
    const { sleepers } = bucket;
    const taken = sleepers.splice(Math.max(0, sleepers.length - most));
    this.#size -= taken.length;
    if (sleepers.length === 0) {
      this.#inOrder.pop();
      this.#buckets.delete(bucket.number);
    }
    return taken.filter(({ queuedAt }) => bucket.holds(queuedAt));
  }

  /** Everybody who has a place, some perhaps more than once. */
  *sleepers(): Generator<Sleeper, void> {
    for (const { sleepers } of this.#inOrder.items) yield* sleepers;
  }

  clear(): void {
    this.#buckets.clear();
    this.#inOrder.clear();
    this.#size = 0;
  }
}
