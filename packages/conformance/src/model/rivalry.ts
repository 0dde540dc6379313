import { settledWithinMs } from './bounds.ts';
import type { Claim, Grant } from './claim.ts';
import { faultAt, isInReachSince, isOutOfReach } from './holder.ts';
import type { Ledger } from './ledger.ts';
import type { Instant } from './timeline.ts';

/** The other owners who may have written over the entry that stands under `grant`, up to `to` (R3). */
export function writersOver(ledger: Ledger, claim: Claim, grant: Grant, to: Instant): readonly Claim[] {
  return ledger.rivalsOf(claim).filter((rival) => mayWriteOver(ledger, rival, grant, to));
}

function mayWriteOver({ bounds }: Ledger, rival: Claim, grant: Grant, to: Instant): boolean {
  const { called, outcome, holder, terms } = rival;
  if (called.seq > to.seq || outcome.kind === 'refused') return false;
  // Only who replaces writes over somebody; who registers again after a loss does not (R4, R6).
  if (terms.onConflict === 'reject' && !bounds.mayCross) return false;
  if (bounds.mayCross && rival.losses > 0) return true;
  switch (outcome.kind) {
    case 'pending':
      return !isOutOfReach(holder, called, to);
    case 'registered':
      return outcome.instant.seq >= grant.called.seq;
    case 'failed': {
      // Its caller has gone, and the call may still be on its way.
      const settledAt = outcome.instant.at + settledWithinMs(bounds);
      const fault = faultAt(holder, called);
      if (fault !== undefined && (fault.until === undefined || fault.until.at > settledAt)) return false;
      return settledAt >= grant.called.at;
    }
  }
}

/** Whether the entry of `rival`, had it been written, could only have given way to another one: nobody took it away. */
export function isUntouched({ bounds }: Ledger, rival: Claim): boolean {
  const { outcome, closing, ending, losses, called, holder } = rival;
  if (ending?.kind === 'superseded') return true;
  if (outcome.kind === 'failed' || closing !== undefined || ending !== undefined || losses > 0) return false;
  return isInReachSince(holder, called, bounds.recoveryMs);
}

/** Whether somebody removed the entry behind its owner's back since `since` (L6). */
export function wasRemovedSince(ledger: Ledger, { key }: Claim, since: Instant): boolean {
  return ledger.removalsOf(key).some(({ done }) => done === undefined || done.seq >= since.seq);
}
