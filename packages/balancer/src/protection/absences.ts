import type { ServiceInstance } from '@rollcall/core';
import type { ProtectionTerms } from './protection-terms.ts';

/** One step of what the registry tells. */
export interface AbsenceStep {
  /** Monotonic milliseconds. */
  readonly now: number;
  /** The set as the registry has it now. */
  readonly live: readonly ServiceInstance[];
  /** Who came. */
  readonly added: readonly ServiceInstance[];
  /** Who went, as last seen. */
  readonly removed: readonly ServiceInstance[];
  /** Whether it was read after an outage, so that nobody knows how it came about. */
  readonly continuity: 'kept' | 'lost';
}

/**
 * How instances went missing, which is all the registry can say about why: `after-outage`: they were there before it, and not after
 * it. `in-one-step`: one change took them all, as a wiped store or a deleted prefix does. `one-by-one`: within the window, as
 * leases do that expire because their owners cannot renew them.
 */
export type AbsencePattern = 'after-outage' | 'in-one-step' | 'one-by-one';

/** What a step did to the protection. */
export type ProtectionChange =
  | { readonly is: 'began'; readonly pattern: AbsencePattern; readonly held: number; readonly left: number }
  | { readonly is: 'ended'; readonly because: 'all-returned' };

interface Absence {
  readonly instance: ServiceInstance;
  readonly since: number;
  readonly continuity: AbsenceStep['continuity'];
}

/**
 * Who is missed: instances that were `up` when they were last seen and went without a word. One that was `draining` or
 * `out-of-service` has said that it goes, one that was `starting` is called by nobody. So many at once that it is likelier that
 * the registry has lost them are held until the bound is over. Reads no clock and tells nobody.
 */
export class Absences {
  readonly #terms: ProtectionTerms;
  readonly #missed = new Map<string, Absence>();
  #heldUntil: number | undefined;

  constructor(terms: ProtectionTerms) {
    this.#terms = terms;
  }

  /** When those that are held are to be believed gone; undefined while none is held. */
  get heldUntil(): number | undefined {
    return this.#heldUntil;
  }

  /** Who is to be served beside the set of the registry. */
  get held(): readonly ServiceInstance[] {
    if (this.#heldUntil === undefined) return [];
    return Array.from(this.#missed.values(), ({ instance }) => instance);
  }

  /** Takes in what the registry tells. @returns what that did to the protection; undefined if nothing */
  step({ now, live, added, removed, continuity }: AbsenceStep): ProtectionChange | undefined {
    for (const { id } of added) this.#missed.delete(id);
    for (const instance of removed)
      if (instance.status === 'up') this.#missed.set(instance.id, { instance, since: now, continuity });
    if (this.#heldUntil !== undefined) return this.#endIfAllReturned();
    this.#forgetBefore(now - this.#terms.windowMs);
    const left = this.#leftIfTooMany(live);
    if (left === undefined) return undefined;
    this.#heldUntil = now + this.#terms.holdMs;
    return { is: 'began', pattern: this.#pattern(), held: this.#missed.size, left };
  }

  /** The registry answers again: owners could not come back before, so that the bound counts anew. */
  prolong(now: number): void {
    if (this.#heldUntil !== undefined) this.#heldUntil = now + this.#terms.holdMs;
  }

  /** Believes that all who are missed are gone. @returns how many were held */
  believe(): number {
    const held = this.#heldUntil === undefined ? 0 : this.#missed.size;
    this.#heldUntil = undefined;
    this.#missed.clear();
    return held;
  }

  #endIfAllReturned(): ProtectionChange | undefined {
    if (this.#missed.size > 0) return undefined;
    this.#heldUntil = undefined;
    return { is: 'ended', because: 'all-returned' };
  }

  /** Those that went first stand first: whoever comes back is taken out, and put behind the others when they go again. */
  #forgetBefore(instant: number): void {
    for (const [id, { since }] of this.#missed) {
      if (since >= instant) break;
      this.#missed.delete(id);
    }
  }

  /** How many `up` instances are left, if too many others are missed. */
  #leftIfTooMany(live: readonly ServiceInstance[]): number | undefined {
    const missed = this.#missed.size;
    const { atLeast, share } = this.#terms;
    if (missed < atLeast) return undefined;
    let left = 0;
    // Walking a frozen array misses V8's fast paths; spreading one does not.
    const listed = [...live];
    for (const { status } of listed) if (status === 'up') left += 1;
    return missed > share * (missed + left) ? left : undefined;
  }

  #pattern(): AbsencePattern {
    const instants = new Set<number>();
    for (const { continuity, since } of this.#missed.values()) {
      if (continuity === 'lost') return 'after-outage';
      instants.add(since);
    }
    return instants.size === 1 ? 'in-one-step' : 'one-by-one';
  }
}
