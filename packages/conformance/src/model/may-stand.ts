import { settledWithinMs } from './bounds.ts';
import type { Claim } from './claim.ts';
import { faultAt, isInReachSince, isOutOfReach } from './holder.ts';
import type { Ledger } from './ledger.ts';
import { type Instant, isBefore } from './timeline.ts';

/** A promise that an observation broke. */
export interface Objection {
  readonly clause: string;
  readonly why: string;
}

/** Why the entry of `claim` cannot have stood at any moment from `from` to `to`; undefined if it may have. */
export function mayNotStand(ledger: Ledger, claim: Claim, from: Instant, to: Instant): Objection | undefined {
  return (
    notAfterItsEnd(ledger, claim, from) ??
    notAfterItsFailure(ledger, claim, from) ??
    notAfterGoodbye(ledger, claim, from) ??
    notAfterRemoval(ledger, claim, from) ??
    notAfterSilence(ledger, claim, from, to)
  );
}

function notAfterItsEnd({ bounds }: Ledger, { ending, ttlMs }: Claim, from: Instant): Objection | undefined {
  if (ending === undefined || !isBefore(ending.instant, from)) return undefined;
  const { kind, instant } = ending;
  // With checked fencing a write may cross the one that took the entry over (R4).
  const crossingMs = bounds.mayCross ? bounds.slackMs : -1;
  if (kind === 'superseded' && from.at > instant.at + crossingMs)
    return { clause: 'R3', why: `its owner was told at ${shown(instant.at)} that it is superseded` };
  const goneAt = instant.at + bounds.lagMs + bounds.grainMs + (bounds.isExact ? 0 : ttlMs + bounds.slackMs);
  if (kind === 'lost' && from.at > goneAt)
    return { clause: 'R6', why: `its owner closed at the loss at ${shown(instant.at)}` };
  return undefined;
}

function notAfterItsFailure({ bounds }: Ledger, claim: Claim, from: Instant): Objection | undefined {
  const { outcome, ttlMs, called, holder } = claim;
  if (outcome.kind === 'refused' && isBefore(outcome.instant, from))
    return { clause: 'R4', why: `its registration was refused at ${shown(outcome.instant.at)}` };
  if (outcome.kind !== 'failed' || !isBefore(outcome.instant, from)) return undefined;
  const settledAt = outcome.instant.at + settledWithinMs(bounds);
  // Whoever is in reach removes it as soon as it has been written; else it runs into its TTL (R2).
  const hasTime = bounds.isExact || holder.closed === undefined; // closing does not wait for ever (C2)
  const isRemovable = hasTime && isInReachSince(holder, called, bounds.recoveryMs);
  const goneAt = settledAt + (isRemovable ? settledWithinMs(bounds) : ttlMs + bounds.lagMs);
  if (from.at <= goneAt) return undefined;
  return { clause: 'R2', why: `its registration failed at ${shown(outcome.instant.at)}` };
}

function notAfterGoodbye({ bounds }: Ledger, { closing, ttlMs }: Claim, from: Instant): Objection | undefined {
  if (closing === undefined) return undefined;
  if (isBefore(closing.done, from))
    return { clause: 'R7', why: `it was deregistered at ${shown(closing.done?.at ?? from.at)}` };
  const goneAt = closing.handledUntilMs + ttlMs + bounds.lagMs + bounds.grainMs;
  // A registration that was under way when it closed may have been written up to its bound.
  if (from.at <= Math.max(goneAt, closing.called.at + settledWithinMs(bounds))) return undefined;
  return { clause: 'R7', why: `it was closed at ${shown(closing.called.at)} and nobody renews it` };
}

/** Who registers again has told of the loss before. */
function notAfterRemoval(ledger: Ledger, { key, grant }: Claim, from: Instant): Objection | undefined {
  if (grant === undefined) return undefined;
  const removal = ledger
    .removalsOf(key)
    .findLast(({ called, done }) => isBefore(grant.done, called) && isBefore(done, from));
  if (removal === undefined) return undefined;
  const did = removal.how === 'corrupt' ? 'made unreadable' : 'removed';
  const clause = removal.how === 'corrupt' ? 'D5' : 'D1';
  return { clause, why: `it was ${did} at ${shown(removal.called.at)}, and its owner has not noticed yet` };
}

function notAfterSilence(ledger: Ledger, claim: Claim, from: Instant, to: Instant): Objection | undefined {
  const { holder, called, ttlMs } = claim;
  const fault = faultAt(holder, to);
  if (fault?.sure === undefined || !isOutOfReach(holder, from, to)) return undefined;
  const did = fault.kind === 'crash' ? 'crashed' : 'was cut off';
  if (isBefore(fault.sure, called))
    return { clause: 'R2', why: `client ${holder.number} ${did} before it asked for it` };
  const { bounds } = ledger;
  const handledMs = fault.handledUntilMs.get(claim.number) ?? fault.sure.at + bounds.slackMs;
  const goneAt = handledMs + ttlMs + bounds.lagMs + bounds.grainMs;
  if (from.at <= goneAt) return undefined;
  return {
    clause: 'L3',
    why: `client ${holder.number} ${did} at ${shown(fault.from.at)}, and nothing was renewed after ${shown(handledMs)}`,
  };
}

/** A time on the clock, short enough to read. */
export function shown(ms: number): string {
  return `${Math.round(ms * 10) / 10} ms`;
}
