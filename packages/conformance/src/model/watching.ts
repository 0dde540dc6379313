import type { ServiceSnapshot } from '@rollcall/core';
import { ConformanceError } from '../conformance-error.ts';
import { reopenedWithinMs } from './bounds.ts';
import { behindSinceMs } from './holder.ts';
import { judge, judgeMoment, judgeOrder, judgeShown } from './judge.ts';
import { shown } from './may-stand.ts';
import type { Observation } from './observation.ts';
import { later, type Program } from './program.ts';
import { ProgramReader } from './program-reader.ts';
import type { Seat } from './seat.ts';
import type { Instant } from './timeline.ts';

/** Stale is told this long after a break that has not healed (W7). */
const graceMs = 1_000;

/** A new watcher with somebody who reads it. */
export function watch(program: Program, seat: Seat, service: string, pace: ProgramReader['pace']): ProgramReader {
  program.readerCount += 1;
  const reader = new ProgramReader({
    number: program.readerCount,
    watcher: seat.actor.registry.watch(service),
    pace,
    opened: program.ledger.timeline.note(),
    onSnapshot: (given, snapshot, before) => onSnapshot(program, seat, given, { snapshot, before }),
    onViolation: (error) => program.violated(error),
  });
  seat.readers.push(reader);
  return reader;
}

function onSnapshot(
  program: Program,
  seat: Seat,
  reader: ProgramReader,
  { snapshot, before }: { readonly snapshot: ServiceSnapshot; readonly before: ServiceSnapshot | undefined },
): void {
  if (seat.life === 'dead') return;
  const { ledger, bounds, transcript } = program;
  const who = nameOf(reader, seat);
  transcript.event(`${who} is given ${describe(snapshot)}`);
  const to = ledger.timeline.note();
  program.sample();
  const behindMs = behindSinceMs(seat.holder, to.at, reopenedWithinMs(bounds));
  if (snapshot.freshness === 'stale' && behindMs === undefined)
    throw new ConformanceError(
      `W6: ${who} was told at ${shown(to.at)} that its set is stale, although the backend was in reach`,
    );
  const { instances, service } = snapshot;
  const seen: Observation = {
    who: `${who} was given`,
    service,
    instances,
    from: shownSince(program, to, behindMs),
    to,
    watch: before === undefined ? 'W1' : 'W4',
  };
  judge(ledger, seen);
  if (behindMs === undefined) judgeMoment(ledger, seen);
  if (before !== undefined) judgeOrder(ledger, who, before, snapshot);
  if (before === undefined || behindMs !== undefined || reader.pace === 'slow') return;
  // What it had before was its set up to now.
  const upTo = ledger.timeline.since(to.at - bounds.grainMs - bounds.viewDelayMs);
  judgeShown(ledger, { who: `${who} still had`, service, instances: before.instances, from: upTo, to, watch: 'W4' });
}

/** Since when the moment may have been that a snapshot shows (W4). */
function shownSince({ ledger, bounds, began }: Program, to: Instant, behindMs: number | undefined): Instant {
  const since = ledger.timeline.since(Math.min(to.at, behindMs ?? to.at) - bounds.viewDelayMs);
  return bounds.isViewExact && behindMs === undefined ? later(since, began) : since;
}

/** Throws if a reader does not show now what it has to. */
export function checkReader(program: Program, seat: Seat, reader: ProgramReader): void {
  const who = nameOf(reader, seat);
  const { ledger, bounds } = program;
  const now = ledger.timeline.note();
  if (reader.isEnding) return checkEnd(reader, who);
  if (reader.ended !== undefined)
    throw new ConformanceError(`W6: ${who} ended at ${shown(now.at)}, although nobody ended it`, {
      cause: reader.ended.error,
    });
  if (reader.pace === 'slow') return;
  const behindMs = behindSinceMs(seat.holder, now.at, reopenedWithinMs(bounds));
  if (behindMs !== undefined) return checkStale(program, seat, reader, now);
  if (!bounds.isViewExact && now.at - reader.opened.at < reopenedWithinMs(bounds)) return;
  const { last, service } = reader;
  if (last === undefined) throw new ConformanceError(`W1: ${who} has been given nothing by ${shown(now.at)}`);
  if (last.freshness !== 'live')
    throw new ConformanceError(
      `W6: ${who} still has a stale set at ${shown(now.at)}, although the backend is in reach`,
    );
  judge(ledger, { ...stillShown(program, now), who: `${who} has`, service, instances: last.instances, watch: 'W4' });
}

function stillShown({ ledger, bounds }: Program, now: Instant): Pick<Observation, 'from' | 'to'> {
  return { from: bounds.isViewExact ? now : ledger.timeline.since(now.at - bounds.viewDelayMs), to: now };
}

function checkStale({ bounds }: Program, seat: Seat, reader: ProgramReader, now: Instant): void {
  const { sure, over } = seat.holder.faults.at(-1) ?? {};
  if (sure === undefined || over !== undefined) return;
  const dueMs = sure.at + graceMs + bounds.grainMs + bounds.slackMs + bounds.silenceMs;
  if (now.at <= dueMs || reader.last === undefined || reader.last.freshness === 'stale') return;
  throw new ConformanceError(
    `W6: ${nameOf(reader, seat)} has not been told by ${shown(now.at)} that its set is stale, although it was cut off at ${shown(sure.at)}`,
  );
}

function checkEnd({ ended, isReading }: ProgramReader, who: string): void {
  if (isReading) throw new ConformanceError(`W9: ${who} was ended, and its read is still pending`);
  if (ended !== undefined && 'error' in ended)
    throw new ConformanceError(`W9: ${who} was ended, and rejected instead`, { cause: ended.error });
}

export function nameOf(reader: ProgramReader, seat: Seat): string {
  return `reader ${reader.number} of client ${seat.holder.number}`;
}

function describe({ instances, freshness, reason, service }: ServiceSnapshot): string {
  const set = instances.map(
    ({ id, metadata }) => `${JSON.stringify(id)} #${metadata['registration']} v${metadata['version']}`,
  );
  return `${JSON.stringify(service)} [${set.join(', ')}] (${freshness}, ${reason})`;
}
