import { ConformanceError } from '../conformance-error.ts';
import { type Claim, isOpen, type Key } from './claim.ts';
import { isInReachSince } from './holder.ts';
import { certain } from './must-stand.ts';
import type { Program } from './program.ts';
import type { Seat } from './seat.ts';
import { told } from './told.ts';

/** Nothing gets through between this client and the backend, until `restore`. */
export async function cut(program: Program, seat: Seat): Promise<void> {
  if (seat.life === 'dead' || isCut(seat)) return; // at the same time
  program.sample();
  const fault = program.ledger.faulting(seat.holder, 'cut');
  await seat.actor.client.cut();
  fault.sure = program.ledger.timeline.note();
}

export function isCut(seat: Seat): boolean {
  const last = seat.holder.faults.at(-1);
  return last !== undefined && last.over === undefined;
}

export async function restore(program: Program, seat: Seat): Promise<void> {
  const fault = seat.holder.faults.at(-1);
  if (fault === undefined || seat.life === 'dead') return;
  fault.until = program.ledger.timeline.note();
  await seat.actor.client.restore();
  fault.over = program.ledger.timeline.note();
}

/** Cut off for a while, and back. */
export async function outage(program: Program, seat: Seat, ms: number): Promise<void> {
  await cut(program, seat);
  await program.stage.world.elapse(ms);
  await restore(program, seat);
}

/** The process is gone; a new one takes its seat. */
export async function crash(program: Program, seat: Seat): Promise<void> {
  if (seat.life === 'dead') return;
  program.sample();
  const fault = program.ledger.faulting(seat.holder, 'crash');
  seat.life = 'dead';
  await seat.actor.client.crash();
  fault.sure = program.ledger.timeline.note();
  // Nobody is there any more; only its timers have to stop.
  seat.actor.registry.close().catch(() => undefined);
  await program.replace(seat);
}

/** Closes everything a client has; a new one takes its seat. */
export async function closeRegistry(program: Program, seat: Seat): Promise<void> {
  if (seat.life !== 'working') return;
  const closing = endRegistry(program, seat);
  await program.replace(seat);
  await program.wait(closing);
}

/** Closes the registry of a client, with all that it opened (C2). Resolves when the call has settled. */
export async function endRegistry(program: Program, seat: Seat): Promise<void> {
  const { ledger, bounds } = program;
  program.sample();
  // What was closed before has its own goodbye.
  const unfinished = program.held().filter((claim) => claim.holder === seat.holder && isOpen(claim));
  for (const claim of unfinished) ledger.closing(claim);
  for (const reader of seat.readers) reader.isEnding = true;
  seat.life = 'closing';
  const called = ledger.timeline.note();
  seat.holder.closed = called;
  const what = `the goodbye of client ${seat.holder.number}`;
  const reported = seat.actor.diagnostics.length;
  await program.follow({ what, seat, boundMs: bounds.callTimeoutMs }, seat.actor.registry.close(), {
    resolved: () => {
      const failed = reportedFailures(seat, reported);
      for (const claim of unfinished) noteGoodbye(program, claim, failed);
      if (failed.size > 0 && isInReachSince(seat.holder, called, bounds.recoveryMs))
        throw new ConformanceError(
          `C2: ${what} left [${[...failed].join()}] to the TTL, although the backend was in reach`,
        );
    },
    rejected: (error) => {
      program.transcript.event(`${what} failed: ${told(error)}`);
      for (const claim of unfinished) ledger.notClosed(claim);
    },
  });
}

/** What could not be deregistered is left to its TTL and reported (C2). */
function noteGoodbye({ ledger }: Program, claim: Claim, failed: ReadonlySet<string>): void {
  if (failed.has(JSON.stringify([claim.key.service, claim.key.id]))) ledger.notClosed(claim);
  else ledger.closed(claim);
}

function reportedFailures(seat: Seat, before: number): ReadonlySet<string> {
  const events = seat.actor.diagnostics.slice(before).filter((event) => event.type === 'deregistration-failed');
  return new Set(events.map(({ service, id }) => JSON.stringify([service, id])));
}

/** Removes one entry, or makes one unreadable, behind the owners' backs. */
export async function remove(program: Program, how: 'remove' | 'corrupt', key: Key): Promise<void> {
  const removal = program.ledger.removing(how, key, []);
  await program.stage.world[how](key.service, key.id);
  removal.done = program.ledger.timeline.note();
}

/** Removes every entry at once. */
export async function wipe(program: Program): Promise<void> {
  program.sample();
  const removal = program.ledger.removing('wipe', undefined, certain(program.ledger));
  await program.stage.world.wipe();
  removal.done = program.ledger.timeline.note();
}
