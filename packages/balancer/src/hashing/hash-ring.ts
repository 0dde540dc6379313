import type { Candidate } from '../policies/policy.ts';
import { Arcs } from './arcs.ts';
import { mixed, textHash } from './text-hash.ts';

/** A point and its owner in one number, so that they are sorted together: the point's 32 bits above the owner's 20. */
const mostOwners = 2 ** 20;
/** Over this many points, each candidate has half as many, and so on. */
const mostPoints = 2 ** 21;
/** What `Candidate.weight` has to be for `pointsPerInstance` points. */
const usualWeight = 100;

/** A candidate on the ring. */
interface Holder<C> {
  readonly id: string;
  /** How many points it has. */
  readonly count: number;
  /** What stands for it at its points, for as long as they are there. */
  readonly number: number;
  readonly candidate: C;
}

/** Points in ascending order, and the numbers of their owners. */
interface Points {
  readonly ends: Uint32Array;
  readonly owners: Uint32Array;
}

/**
 * A circle of 32-bit hashes on which each candidate owns the arcs that end at its points. Where a candidate's points are follows from
 * its id and its weight alone; so, when one leaves, nothing but its own arcs changes hands, and every caller with the same
 * candidates has the same ring. A change takes one pass over the points instead of sorting them anew.
 */
export class HashRing<C extends Candidate> {
  readonly #pointsPerInstance: number;
  /** Sorted by id. */
  #holders: readonly Holder<C>[] = [];
  #byNumber: readonly (C | undefined)[] = [];
  #points: Points = { ends: new Uint32Array(0), owners: new Uint32Array(0) };
  #arcs: Arcs = new Arcs(this.#points.ends, this.#points.owners);

  constructor(pointsPerInstance: number) {
    this.#pointsPerInstance = pointsPerInstance;
  }

  /** How many points there are. */
  get size(): number {
    return this.#arcs.count;
  }

  /** Who owns a hash; nobody if there is nobody at all. */
  ownerOf(hash: number): C | undefined {
    return this.#byNumber[this.#arcs.ownerOf(hash)];
  }

  /** The point that ends the arc of a hash. */
  pointOf(hash: number): number {
    return this.#arcs.arcOf(hash);
  }

  /** Who owns the arc that ends at a point. */
  ownerAt(point: number): C | undefined {
    return this.#byNumber[this.#arcs.ownerAt(point)];
  }

  /** The candidates from now on, sorted by id. */
  replace(candidates: readonly C[]): void {
    if (candidates.length > mostOwners)
      throw new RangeError(`consistentHash: at most ${mostOwners} instances, got ${candidates.length}`);
    const former = new Map(this.#holders.map((holder) => [holder.id, holder]));
    const counts = this.#countsOf(candidates);
    const kept = candidates.map((candidate, index) => {
      const held = former.get(candidate.instance.id);
      return held !== undefined && held.count === counts[index] ? { ...held, candidate } : undefined;
    });
    const isKept = new Uint8Array(this.#byNumber.length);
    for (const holder of kept) if (holder !== undefined) isKept[holder.number] = 1;
    const newcomers: Holder<C>[] = [];
    let number = 0;
    this.#holders = candidates.map((candidate, index) => {
      const held = kept[index];
      if (held !== undefined) return held;
      while (isKept[number] === 1) number += 1;
      const newcomer = { id: candidate.instance.id, count: counts[index] ?? 0, number: number++, candidate };
      newcomers.push(newcomer);
      return newcomer;
    });
    const owners = this.#byNumber;
    this.#byNumber = byNumber(this.#holders);
    if (newcomers.length === 0 && candidates.length === former.size) return;
    this.#points = merged({ points: this.#points, isKept, owners }, newcomers);
    this.#arcs = new Arcs(this.#points.ends, this.#points.owners);
  }

  #countsOf(candidates: readonly C[]): Uint32Array {
    const counted = (divisor: number): Uint32Array =>
      Uint32Array.from(candidates, ({ weight }) =>
        Math.max(1, Math.round((this.#pointsPerInstance * weight) / usualWeight / divisor)),
      );
    let divisor = 1;
    let counts = counted(divisor);
    while (sumOf(counts) > Math.max(mostPoints, candidates.length)) {
      divisor *= 2;
      counts = counted(divisor);
    }
    return counts;
  }
}

function sumOf(counts: Uint32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

function byNumber<C>(holders: readonly Holder<C>[]): readonly (C | undefined)[] {
  const candidates: (C | undefined)[] = [];
  for (const { number, candidate } of holders) {
    while (candidates.length <= number) candidates.push(undefined);
    candidates[number] = candidate;
  }
  return candidates;
}

/** Each point and the place of its owner in `holders`, in ascending order. Two hashes of the id, so that no two ids have all points in common. */
function pointsOf(holders: readonly Holder<unknown>[]): Float64Array {
  const points = new Float64Array(holders.reduce((sum, { count }) => sum + count, 0));
  let at = 0;
  for (const [place, { id, count }] of holders.entries()) {
    const first = textHash(id);
    const step = textHash(id, 0x9e_37_79_b9) | 1;
    for (let turn = 0; turn < count; turn += 1)
      points[at++] = (mixed((first + Math.imul(turn, step)) | 0) >>> 0) * mostOwners + place;
  }
  return points.toSorted();
}

/** What was on the ring: which of its numbers stay, and whose they were. */
interface Former {
  readonly points: Points;
  readonly isKept: Uint8Array;
  readonly owners: readonly (Candidate | undefined)[];
}

/** What stays of a ring, and the points of newcomers between it. Of two at one point, the one of the lower id is first. */
function merged({ points, isKept, owners: former }: Former, newcomers: readonly Holder<unknown>[]): Points {
  const added = pointsOf(newcomers);
  const ends = new Uint32Array(points.ends.length + added.length);
  const owners = new Uint32Array(ends.length);
  let size = 0;
  const put = (end: number, owner: number): void => {
    ends[size] = end;
    owners[size] = owner;
    size += 1;
  };
  let next = 0;
  let nextEnd = endOf(added, next);
  /** Puts the newcomers' points that come before one that stays. */
  const putUntil = (end: number, id: string): void => {
    while (nextEnd <= end) {
      const newcomer = newcomers[(added[next] ?? 0) % mostOwners];
      if (newcomer === undefined || (nextEnd === end && newcomer.id > id)) return;
      put(nextEnd, newcomer.number);
      next += 1;
      nextEnd = endOf(added, next);
    }
  };
  for (let at = 0; at < points.ends.length; at += 1) {
    const owner = points.owners[at] ?? 0;
    if (isKept[owner] !== 1) continue;
    const end = points.ends[at] ?? 0;
    if (nextEnd <= end) putUntil(end, former[owner]?.instance.id ?? '');
    put(end, owner);
  }
  putUntil(2 ** 32, '');
  return { ends: ends.slice(0, size), owners: owners.slice(0, size) };
}

/** The point of an entry of `pointsOf`; Infinity behind the last. */
function endOf(entries: Float64Array, at: number): number {
  return Math.floor((entries[at] ?? Infinity) / mostOwners);
}
