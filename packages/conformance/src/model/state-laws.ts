import { RegistryError, type RegistrationState, type RegistrationStateChange } from '@rollcall/core';
import { ConformanceError } from '../conformance-error.ts';
import { renewedWithinMs } from './bounds.ts';
import type { Claim } from './claim.ts';
import { longestReachMs } from './holder.ts';
import type { Ledger } from './ledger.ts';
import { mayNotStand, type Objection, shown } from './may-stand.ts';
import { mustStand } from './must-stand.ts';
import { wasRemovedSince, writersOver } from './rivalry.ts';
import type { Instant } from './timeline.ts';

const next: Readonly<Record<RegistrationState, readonly RegistrationState[]>> = {
  active: ['suspect', 'lost', 'closed'],
  suspect: ['active', 'lost', 'closed'],
  lost: ['active', 'closed'],
  closed: [],
};

/** What is known when an owner is told of a change. */
export interface Circumstances {
  /** Since when what it is about may have happened. */
  readonly from: Instant;
  /** For how long the owner believes in its lease now; undefined while nobody holds the registration's handle. */
  readonly remainingMs: number | undefined;
}

/** Notes one change of state as its owner was told, and throws if it may not be, or has no cause (L4, L5, L7, R3). */
export function noteChange(
  ledger: Ledger,
  claim: Claim,
  change: RegistrationStateChange,
  { from, remainingMs }: Circumstances,
): void {
  const { number, state } = claim;
  const step = `#${number} went from ${change.from} to ${change.to} at ${shown(ledger.timeline.now)}`;
  if (change.from !== state) throw new ConformanceError(`L7: ${step}, but was ${state} before`);
  if (!next[state].includes(change.to)) throw new ConformanceError(`L7: ${step}`);
  claim.state = change.to;
  switch (change.to) {
    case 'suspect':
      return;
    case 'active':
      if (state === 'lost') ledger.regained(claim, remainingMs);
      return;
    case 'lost':
      return noteLoss(ledger, claim, from, step);
    case 'closed':
      return noteEnd(ledger, claim, { change, from, step });
  }
}

function noteLoss(ledger: Ledger, claim: Claim, from: Instant, step: string): void {
  const objection = whyNotLost(ledger, claim) ?? whyNotGone(ledger, claim, from);
  ledger.lost(claim);
  if (objection !== undefined) throw new ConformanceError(`${objection.clause}: ${step}, although ${objection.why}`);
}

function whyNotLost(ledger: Ledger, claim: Claim): Objection | undefined {
  const { grant, holder, ttlMs } = claim;
  const { bounds } = ledger;
  const now = ledger.timeline.note();
  if (grant === undefined || isDisturbed(ledger, claim, now)) return undefined;
  const { believedUntilMs } = grant;
  if (now.at < believedUntilMs - bounds.grainMs)
    return { clause: 'L5', why: `nobody touched its entry, and its lease runs until ${shown(believedUntilMs)}` };
  // The last good renewal was sent T ago: none of those that were due since then has worked.
  const reachMs = longestReachMs(holder, now.at - ttlMs + (ttlMs / 3) * 1.1, now.at);
  if (reachMs < renewedWithinMs(bounds, ttlMs)) return undefined;
  return { clause: 'L4', why: `client ${holder.number} was in reach for ${shown(reachMs)} when it had to renew` };
}

/** Whoever finds somebody else's entry is superseded, and not lost (L7). */
function whyNotGone(ledger: Ledger, { grant, key, number }: Claim, from: Instant): Objection | undefined {
  const now = ledger.timeline.note();
  if (grant === undefined || now.at >= grant.believedUntilMs - ledger.bounds.grainMs - ledger.bounds.slackMs)
    return undefined;
  const standing = mustStand(ledger, key, from, now);
  if (standing?.kind !== 'sole' || standing.claim.number === number) return undefined;
  return { clause: 'L7', why: `the entry of #${standing.claim.number} stood: ${standing.objection.why}` };
}

function noteEnd(
  ledger: Ledger,
  claim: Claim,
  { change, from, step }: { readonly change: RegistrationStateChange; readonly from: Instant; readonly step: string },
): void {
  if (claim.closing !== undefined) return;
  const isSuperseded = RegistryError.is(change.cause, 'LEASE_SUPERSEDED');
  if (isSuperseded) {
    const now = ledger.timeline.note();
    const rivals = ledger.rivalsOf(claim).filter((rival) => mayNotStand(ledger, rival, from, now) === undefined);
    const isOwn = claim.grant !== undefined && !isDisturbed(ledger, claim, now) && now.at < claim.grant.believedUntilMs;
    ledger.ended(claim, 'superseded');
    if (rivals.length === 0)
      throw new ConformanceError(`R3: ${step} as superseded, although nobody else has the entry`);
    if (isOwn) throw new ConformanceError(`R3: ${step} as superseded, although nobody took the entry from it`);
    return;
  }
  if (claim.terms.onLost !== 'close' || change.from !== 'lost')
    throw new ConformanceError(`L7: ${step} without its owner's wish, because of ${String(change.cause)}`);
  ledger.ended(claim, 'lost');
}

/** Whether anything but time may have taken the entry away since the lease was granted. */
function isDisturbed(ledger: Ledger, claim: Claim, now: Instant): boolean {
  const { grant } = claim;
  if (grant === undefined) return true;
  return wasRemovedSince(ledger, claim, grant.called) || writersOver(ledger, claim, grant, now).length > 0;
}
