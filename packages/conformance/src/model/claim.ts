import type { OnConflict, RegisterOptions, RegistrationState, ServiceInstance } from '@rollcall/core';
import type { Holder } from './holder.ts';
import type { Instant } from './timeline.ts';

/** What identifies an instance (I1). */
export interface Key {
  readonly service: string;
  readonly id: string;
}

/** What a registration asked for, as far as the promises depend on it. */
export interface ClaimTerms {
  readonly onConflict: OnConflict;
  readonly onUnavailable: NonNullable<RegisterOptions['onUnavailable']>;
  readonly onLost: NonNullable<RegisterOptions['onLost']>;
}

/** What `register` came to. */
type Outcome =
  | { readonly kind: 'pending' }
  | { readonly kind: 'registered'; readonly instant: Instant }
  /** Somebody else's entry stood: nothing was written (R4). */
  | { readonly kind: 'refused'; readonly instant: Instant }
  /** Rejected or aborted: what it wrote goes away (R2). */
  | { readonly kind: 'failed'; readonly instant: Instant };

/** One instance that the owner wanted, from the call that brought it to the answer that the backend holds it (R5). */
export interface Version {
  readonly instance: ServiceInstance;
  readonly called: Instant;
  done: Instant | undefined;
}

/** The lease that the owner holds now (L2). */
export interface Grant {
  readonly called: Instant;
  readonly done: Instant;
  readonly ttlMs: number;
  /** `sentAt + T` of the last renewal that was acknowledged, as the owner told last. */
  believedUntilMs: number;
  /** Version that was the newest when this lease was asked for: an older one cannot come with it (R6). */
  readonly version: number;
}

/** The owner's goodbye (R7). */
export interface Closing {
  readonly called: Instant;
  /** Until when the backend may have handled something sent for it, on the clock. */
  readonly handledUntilMs: number;
  /** When the promise told that it is deregistered. */
  done: Instant | undefined;
  /** When the promise told that it is not, for the last time. */
  failed: Instant | undefined;
}

/** How a registration ended without its owner's wish. */
interface Ending {
  readonly kind: 'superseded' | 'lost';
  readonly instant: Instant;
}

/** One call of `register` and all that became of it: one owner of an entry. */
export interface Claim {
  /** Stands in the metadata of every instance, so that whoever sees one knows whose it is. */
  readonly number: number;
  readonly key: Key;
  readonly holder: Holder;
  readonly terms: ClaimTerms;
  readonly called: Instant;
  readonly versions: Version[];
  outcome: Outcome;
  ttlMs: number;
  /** As the owner was told last (L7). */
  state: RegistrationState;
  grant: Grant | undefined;
  /** When the entry was lost; undefined while it is not (L5). */
  lost: Instant | undefined;
  losses: number;
  closing: Closing | undefined;
  ending: Ending | undefined;
}

/** Whether the owner still wants the entry, and its process lives. */
export function isOpen(claim: Claim): boolean {
  return claim.outcome.kind === 'registered' && claim.closing === undefined && claim.ending === undefined;
}

export function isSameKey(a: Key, b: Key): boolean {
  return a.service === b.service && a.id === b.id;
}

/** Until when the backend may have handled something sent for this claim, on the clock, if nothing is sent from now on (L3). */
export function handledUntilMs(claim: Claim, nowMs: number, isExact: boolean, slackMs: number): number {
  // Where no time passes on the way, nothing was handled after the last good renewal was sent.
  if (isExact && claim.grant !== undefined) return claim.grant.believedUntilMs - claim.grant.ttlMs;
  return nowMs + slackMs;
}
