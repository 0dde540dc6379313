import type { ServiceInstance } from '@rollcall/core';
import type { Bounds } from './bounds.ts';
import { type Claim, type ClaimTerms, handledUntilMs, isSameKey, type Key } from './claim.ts';
import type { Fault, Holder } from './holder.ts';
import { type Instant, Timeline } from './timeline.ts';

/** An entry that was removed, wiped or corrupted behind its owner's back (L6). */
export interface Removal {
  readonly how: 'remove' | 'corrupt' | 'wipe';
  /** Undefined: every entry. */
  readonly key: Key | undefined;
  readonly called: Instant;
  /** Whose entries stood for certain when it began. */
  readonly stood: readonly Claim[];
  done: Instant | undefined;
}

/** What is known of a run: who asked for what, what came of it, what was done to whom. Judges nothing. */
export class Ledger {
  readonly bounds: Bounds;
  readonly timeline: Timeline;
  readonly claims: Claim[] = [];
  readonly holders: Holder[] = [];
  readonly removals: Removal[] = [];

  constructor(bounds: Bounds, now: () => number) {
    this.bounds = bounds;
    this.timeline = new Timeline(now);
  }

  holder(): Holder {
    const holder: Holder = { number: this.holders.length + 1, faults: [], closed: undefined };
    this.holders.push(holder);
    return holder;
  }

  /** `instance` makes the instance that is asked for, told apart by the number of its claim. */
  claim(holder: Holder, terms: ClaimTerms, instance: (number: number) => ServiceInstance): Claim {
    const called = this.timeline.note();
    const first = instance(this.claims.length);
    const claim: Claim = {
      number: this.claims.length,
      key: { service: first.service, id: first.id },
      holder,
      terms,
      called,
      versions: [{ instance: first, called, done: undefined }],
      outcome: { kind: 'pending' },
      ttlMs: this.bounds.ttlMs,
      state: 'active',
      grant: undefined,
      lost: undefined,
      losses: 0,
      closing: undefined,
      ending: undefined,
    };
    this.claims.push(claim);
    return claim;
  }

  /** `register` resolved. */
  registered(claim: Claim, ttlMs: number): void {
    const instant = this.timeline.note();
    claim.outcome = { kind: 'registered', instant };
    claim.ttlMs = ttlMs;
    for (const version of claim.versions.slice(0, 1)) version.done = instant;
    // What happened to it before its handle was returned stays as it is.
    if (claim.lost === undefined && claim.ending === undefined) this.#grant(claim, claim.called, instant, 0);
  }

  /** `register` rejected. */
  notRegistered(claim: Claim, kind: 'refused' | 'failed'): void {
    claim.outcome = { kind, instant: this.timeline.note() };
  }

  /** What the owner believes of its lease now; nothing counts that it says of one that is over. */
  believed(claim: Claim, remainingMs: number): void {
    if (claim.grant !== undefined && claim.closing === undefined)
      claim.grant.believedUntilMs = this.timeline.now + remainingMs;
  }

  /** The state became `lost`. */
  lost(claim: Claim): Instant {
    const instant = this.timeline.note();
    claim.lost = instant;
    claim.losses += 1;
    claim.grant = undefined;
    return instant;
  }

  /** The state became `active` again after a loss. What is left of the new lease counts from when it was asked for (L5). */
  regained(claim: Claim, remainingMs: number = claim.ttlMs): void {
    const called = claim.lost ?? claim.called;
    claim.lost = undefined;
    const atLoss = claim.versions.findLastIndex((version) => version.called.seq < called.seq);
    this.#grant(claim, called, this.timeline.note(), Math.max(0, atLoss));
    this.believed(claim, remainingMs);
  }

  /** The registration is over, and its owner did not ask for it. */
  ended(claim: Claim, kind: 'superseded' | 'lost'): Instant {
    const instant = this.timeline.note();
    claim.ending = { kind, instant };
    claim.grant = undefined;
    return instant;
  }

  /** `close` is about to be called, perhaps not for the first time. */
  closing(claim: Claim): void {
    const called = this.timeline.note();
    if (claim.closing !== undefined) claim.closing.failed = undefined;
    claim.closing ??= { called, handledUntilMs: this.#handledUntilMs(claim), done: undefined, failed: undefined };
  }

  closed(claim: Claim): void {
    if (claim.closing !== undefined) claim.closing.done ??= this.timeline.note();
  }

  notClosed(claim: Claim): void {
    if (claim.closing !== undefined) claim.closing.failed = this.timeline.note();
  }

  /** `update` is about to be called. */
  updating(claim: Claim, instance: (version: number) => ServiceInstance): number {
    const version = claim.versions.length;
    claim.versions.push({ instance: instance(version), called: this.timeline.note(), done: undefined });
    return version;
  }

  updated(claim: Claim, version: number): void {
    const entry = claim.versions[version];
    if (entry !== undefined) entry.done = this.timeline.note();
  }

  /** A client is about to lose the backend. */
  faulting(holder: Holder, kind: Fault['kind']): Fault {
    const own = this.claims.filter((claim) => claim.holder === holder);
    const fault: Fault = {
      kind,
      from: this.timeline.note(),
      sure: undefined,
      until: undefined,
      over: undefined,
      handledUntilMs: new Map(own.map((claim) => [claim.number, this.#handledUntilMs(claim)])),
    };
    holder.faults.push(fault);
    return fault;
  }

  removing(how: Removal['how'], key: Key | undefined, stood: readonly Claim[]): Removal {
    const removal: Removal = { how, key, stood, called: this.timeline.note(), done: undefined };
    this.removals.push(removal);
    return removal;
  }

  claimsOf(key: Key): readonly Claim[] {
    return this.claims.filter((claim) => isSameKey(claim.key, key));
  }

  rivalsOf(claim: Claim): readonly Claim[] {
    return this.claims.filter((other) => other !== claim && isSameKey(other.key, claim.key));
  }

  removalsOf(key: Key): readonly Removal[] {
    return this.removals.filter((removal) => removal.key === undefined || isSameKey(removal.key, key));
  }

  /** Every key of `service` that anybody ever asked for. */
  keysOf(service: string): readonly Key[] {
    const ids = new Set(this.claims.filter((claim) => claim.key.service === service).map((claim) => claim.key.id));
    return [...ids].map((id) => ({ service, id }));
  }

  services(): readonly string[] {
    return [...new Set(this.claims.map((claim) => claim.key.service))];
  }

  #grant(claim: Claim, called: Instant, done: Instant, version: number): void {
    const { ttlMs } = claim;
    claim.grant = { called, done, ttlMs, believedUntilMs: done.at + ttlMs, version };
  }

  #handledUntilMs(claim: Claim): number {
    return handledUntilMs(claim, this.timeline.now, this.bounds.isExact, this.bounds.slackMs);
  }
}
