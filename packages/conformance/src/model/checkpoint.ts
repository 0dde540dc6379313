import { isDeepStrictEqual } from 'node:util';
import { ConformanceError } from '../conformance-error.ts';
import { list, services } from './calls-reader.ts';
import { renewedWithinMs } from './bounds.ts';
import { inReachSinceMs, isCrashed } from './holder.ts';
import { judgeRivals } from './judge.ts';
import { shown } from './may-stand.ts';
import { type Program, serviceNames } from './program.ts';
import type { ProgramReader } from './program-reader.ts';
import type { Seat } from './seat.ts';
import { checkReader, nameOf } from './watching.ts';

/** Everything that must hold between two commands, whatever the program was. Throws the first promise that is broken. */
export async function checkpoint(program: Program): Promise<void> {
  program.sample();
  checkOwners(program);
  judgeRivals(program.ledger);
  for (const seat of program.allSeats)
    if (seat.life !== 'dead') for (const reader of seat.readers) checkReader(program, seat, reader);
  const { observer, bounds, stage } = program;
  const looks = Promise.all([
    ...serviceNames.map((service) => list(program, observer, service)),
    services(program, observer),
  ]);
  // Where calls take time that passes by hand, what they bring is judged when it comes.
  if (bounds.isExact) await looks;
  else if (!bounds.isHandMoved) await stage.settled('E3: looking at everything', looks, 2 * bounds.callTimeoutMs);
  else looks.catch((error: unknown) => program.violated(error));
  program.check();
  checkRevisions(program);
}

/** Owners believe what they may, and no longer (L5, L8). */
function checkOwners({ handles, stage, bounds }: Program): void {
  for (const [claim, registration] of handles) {
    if (isCrashed(claim.holder)) continue;
    const { state, lease } = registration;
    const it = `#${claim.number} is ${state} at ${shown(stage.now)}`;
    if (state !== claim.state)
      throw new ConformanceError(`L7: ${it}, and its owner was told that it is ${claim.state}`);
    const isStanding = state === 'active' || state === 'suspect';
    if (lease.signal.aborted === isStanding)
      throw new ConformanceError(`L8: ${it}, and its lease's signal is ${isStanding ? '' : 'not '}aborted`);
    if (isStanding && lease.remainingMs <= 0 && bounds.isExact)
      throw new ConformanceError(
        `L5: ${it}, and has been past its deadline since ${shown(claim.grant?.believedUntilMs ?? 0)}`,
      );
    const backMs = inReachSinceMs(claim.holder, bounds.recoveryMs);
    if (state === 'suspect' && stage.now > backMs + renewedWithinMs(bounds, claim.ttlMs))
      throw new ConformanceError(`L4: ${it}, although the backend has been in reach since ${shown(backMs)}`);
    if (!isStanding && lease.remainingMs > 0)
      throw new ConformanceError(`L5: ${it}, and believes in its lease for ${shown(lease.remainingMs)}`);
  }
}

/** Readers of one registry at the same set see the same revision, and at another another (W2). */
function checkRevisions({ allSeats, bounds }: Program): void {
  if (!bounds.isExact) return;
  for (const seat of allSeats) {
    if (seat.life !== 'working') continue;
    const eager = seat.readers.filter(
      ({ pace, ended, last }) => pace === 'eager' && ended === undefined && last !== undefined,
    );
    for (const [index, reader] of eager.entries())
      for (const other of eager.slice(index + 1)) if (other.service === reader.service) compare(seat, reader, other);
  }
}

function compare(seat: Seat, one: ProgramReader, other: ProgramReader): void {
  const readers = `${nameOf(one, seat)} and ${nameOf(other, seat)}`;
  const isSame = isDeepStrictEqual(one.last?.instances, other.last?.instances);
  if (!isSame) throw new ConformanceError(`W4: ${readers} have different sets of one service`);
  if (one.last?.revision !== other.last?.revision)
    throw new ConformanceError(`W2: ${readers} have the same set under different revisions`);
}
