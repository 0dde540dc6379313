import { healedWithinMs, settledWithinMs } from './bounds.ts';
import { type Claim, type Closing, type Grant, isOpen, type Key } from './claim.ts';
import { type Holder, inReachSinceMs, isCrashed, isInReachSince } from './holder.ts';
import type { Ledger } from './ledger.ts';
import { type Objection, shown } from './may-stand.ts';
import { isUntouched, wasRemovedSince, writersOver } from './rivalry.ts';
import type { Instant } from './timeline.ts';

/** Whose entry stands for certain at every moment from an instant to now. */
export type Standing =
  /** This one's, and nobody else's. */
  | { readonly kind: 'sole'; readonly claim: Claim; readonly objection: Objection }
  /** Somebody's: a takeover was under way, or it is only known that it has healed. */
  | { readonly kind: 'some'; readonly objection: Objection };

/** What a reader who sees nothing under `key` at a moment from `from` to now would prove broken; undefined when it may be absent. */
export function mustStand(ledger: Ledger, key: Key, from: Instant, to: Instant): Standing | undefined {
  let some: Standing | undefined;
  for (const claim of ledger.claimsOf(key)) {
    const standing = ofOwner(ledger, claim, from, to);
    if (standing?.kind === 'sole') return standing;
    some ??= standing;
  }
  return some ?? healed(ledger, key, from);
}

/** The owners whose entries stand for certain now. */
export function certain(ledger: Ledger): readonly Claim[] {
  const now = ledger.timeline.note();
  return ledger.claims.filter((claim) => ofOwner(ledger, claim, now, now)?.kind === 'sole');
}

/** From what the owner believes: until T after the last good renewal was sent, its entry stands (L2). */
function ofOwner(ledger: Ledger, claim: Claim, from: Instant, to: Instant): Standing | undefined {
  const { grant, outcome, closing } = claim;
  if (grant === undefined || outcome.kind !== 'registered' || closing !== undefined) return undefined;
  if (grant.done.seq >= from.seq || outcome.instant.seq >= from.seq) return undefined;
  if (to.at >= grant.believedUntilMs - ledger.bounds.grainMs - ledger.bounds.slackMs) return undefined;
  if (wasRemovedSince(ledger, claim, grant.called)) return undefined;
  const writers = writersOver(ledger, claim, grant, to);
  if (writers.length === 0) return { kind: 'sole', claim, objection: brokenBy(ledger, claim, grant, from) };
  if (!writers.every((writer) => isUntouched(ledger, writer))) return undefined;
  const newcomers = writers.map((writer) => `#${writer.number}`).join(' and ');
  return { kind: 'some', objection: { clause: 'R3', why: `${newcomers} took it over from #${claim.number}` } };
}

function brokenBy({ bounds }: Ledger, { number, holder }: Claim, grant: Grant, from: Instant): Objection {
  const believed = `owner #${number} may believe in its lease until ${shown(grant.believedUntilMs)}`;
  if (from.at - grant.done.at <= bounds.slackMs)
    return { clause: 'R1', why: `#${number} was registered at ${shown(grant.done.at)}` };
  if (isInReachSince(holder, grant.called, bounds.recoveryMs))
    return { clause: 'L4', why: `${believed}, and client ${holder.number} was in reach all the time` };
  return { clause: 'L2', why: believed };
}

/** From what is promised to heal: a reachable owner whom nobody disturbed for long enough has its entry, or somebody else has (L6). */
function healed(ledger: Ledger, key: Key, from: Instant): Standing | undefined {
  const [claim] = undisturbed(ledger, key, from);
  if (claim === undefined) return undefined;
  const why = `#${claim.number} has been in reach and undisturbed since ${shown(undisturbedSinceMs(ledger, claim))}`;
  return { kind: 'some', objection: { clause: claim.grant === undefined ? 'R6' : 'L6', why } };
}

/** The open registrations of `key` that had time enough to heal, or to learn that they are superseded, before `from`. */
export function undisturbed(ledger: Ledger, key: Key, from: Instant): readonly Claim[] {
  return ledger
    .claimsOf(key)
    .filter((claim) => isOpen(claim) && !isCrashed(claim.holder))
    .filter((claim) => undisturbedSinceMs(ledger, claim) + healedWithinMs(ledger.bounds, claim.ttlMs) < from.at);
}

/** Since when, on the clock, nothing has happened that an owner in reach would still have to heal from. */
function undisturbedSinceMs(ledger: Ledger, claim: Claim): number {
  const { bounds } = ledger;
  let sinceMs = inReachSinceMs(claim.holder, bounds.recoveryMs);
  for (const { done } of ledger.removalsOf(claim.key)) sinceMs = Math.max(sinceMs, done?.at ?? Infinity);
  for (const { called, outcome, closing, ending, holder } of ledger.claimsOf(claim.key)) {
    const settledAt = outcome.kind === 'pending' ? called.at : outcome.instant.at;
    const tailMs = outcome.kind === 'failed' ? 2 * settledWithinMs(bounds) : 0;
    sinceMs = Math.max(sinceMs, settledAt + tailMs, goodbyeAtMs(closing, holder), ending?.instant.at ?? -Infinity);
  }
  return sinceMs;
}

/** When the entry of somebody who closes may have gone, at the latest; Infinity while the goodbye is under way. */
function goodbyeAtMs(closing: Closing | undefined, holder: Holder): number {
  if (closing === undefined) return -Infinity;
  const answered = closing.done ?? closing.failed;
  if (answered !== undefined) return answered.at;
  return isCrashed(holder) ? (holder.faults.at(-1)?.from.at ?? Infinity) : Infinity;
}
