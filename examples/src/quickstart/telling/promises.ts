import type { BackendCapabilities, ServiceDelta } from '@rollcall/core';
import { ms, seconds } from './figures.ts';
import { isOverEach, overEach } from '../calling/protocols.ts';
import { type Attempt, hasMissed, type RunRecord, type Sighting } from '../staging/run-record.ts';
import type { Deeds } from '../staging/scenes.ts';

/** Whether a promise was seen to hold, and the figures that say so. */
export interface Verdict {
  readonly promise: string;
  readonly held: boolean;
  readonly measured: string;
}

/** What is judged. */
export interface Run {
  readonly record: RunRecord;
  readonly deeds: Deeds;
  readonly ttlMs: number;
  /** What the backend declares of its leases. */
  readonly lease: BackendCapabilities['lease'];
}

/** What the timers of a busy computer may add before a thing is seen. Nothing may be seen too early. */
const slackMs = 500;

/** Judges the run by what was recorded. */
export function judge(run: Run): readonly Verdict[] {
  return [
    expiry(run),
    failover(run),
    leftOut(run),
    ...outage(run),
    inPlace(run),
    drained(run),
    steady(run),
    goodbye(run),
  ];
}

/** L2 and L3: not before the TTL, and then within what the backend declares; on memory that is at once. */
function expiry({ record, deeds: { crash }, ttlMs, lease }: Run): Verdict {
  const gone = firstSighting(record, crash.atMs, 'removed', crash.id);
  const listedMs = (gone?.atMs ?? Infinity) - crash.lastRenewalSentAtMs;
  const lagMs = lease.maxExpiryLagMs;
  const end = lagMs === 0 ? 'its TTL' : "its TTL plus the backend's lag";
  const terms = lagMs === 0 ? `TTL ${ms(ttlMs)}` : `TTL ${ms(ttlMs)}, lag at most ${ms(lagMs)}`;
  return {
    promise: `A provider that crashes leaves by ${end}, and not before${lagMs === 0 ? '' : ' its TTL'}.`,
    held: !crash.wasMissedEarly && listedMs >= ttlMs && listedMs <= ttlMs + lagMs + slackMs,
    measured: `${crash.id} expired ${ms(listedMs)} after its last renewal was sent; ${terms}.`,
  };
}

/** What the registry leaves to callers, and what they make of it. */
function failover({ record: { calls }, deeds: { crash } }: Run): Verdict {
  const missed = calls.filter(({ attempts }) => attempts.some((one) => one.type === 'failed'));
  const met = missed.filter((call) => hasMissed(call, crash.id));
  const wrong = calls.filter(({ ending, words }) => ending?.type !== 'answered' || ending.words !== words).length;
  return {
    promise: 'No request is lost, whatever happens to one provider.',
    held: isOverEach(calls) && wrong === 0 && met.length === missed.length,
    measured: `Lines sent: ${overEach(calls)}, ${wrong} lost or miscounted; ${met.length} met ${crash.id} while it was dead, and another answered.`,
  };
}

/** What callers learn long before a registry can: over HTTP from failures in a row, over gRPC from a connection that is lost. */
function leftOut({ record, deeds: { crash } }: Run): Verdict {
  const promise = 'Callers leave a provider out that does not answer, before the registry can know.';
  const { id } = crash;
  const first = record.leftOut.find(({ protocol }) => protocol === 'HTTP');
  if (first?.provider !== id)
    return { promise, held: false, measured: `${id} was not the first to be left out over HTTP.` };
  const late = attemptsOf(record, id).filter(({ sentAtMs }) => sentAtMs > first.atMs);
  const goneAtMs = firstSighting(record, crash.atMs, 'removed', id)?.atMs ?? Infinity;
  return {
    promise,
    held: record.leftOut.every(({ provider }) => provider === id) && late.length === 0 && first.atMs < goneAtMs,
    measured: `${id} was left out over HTTP ${ms(first.atMs - crash.atMs)} after it crashed, ${ms(goneAtMs - first.atMs)} before it was gone; sent to it meanwhile: ${overEach(late)}.`,
  };
}

/** W6 and D2: the last known set stands, and whoever calls by it need not notice. Nothing where there was no outage. */
function outage({ record, deeds }: Run): readonly Verdict[] {
  if (deeds.outage === undefined) return [];
  const { cutAtMs, backAtMs } = deeds.outage;
  const isMeanwhile = (atMs: number): boolean => atMs >= cutAtMs && atMs <= backAtMs;
  const sightings = record.sightings.filter(({ atMs }) => isMeanwhile(atMs));
  const isTold = sightings.some(({ snapshot }) => snapshot.freshness === 'stale');
  const missed = sightings.filter(({ snapshot }) => snapshot.delta.removed.length > 0).length;
  const sent = record.calls.flatMap(({ attempts }) => attempts).filter(({ sentAtMs }) => isMeanwhile(sentAtMs));
  const failed = sent.filter(({ type }) => type === 'failed').length;
  return [
    {
      promise: 'Calls go on while the registry is out of reach, and nobody seems to have left.',
      held: isTold && missed === 0 && isOverEach(sent) && failed === 0,
      measured: `Lines sent in the ${seconds(backAtMs - cutAtMs)} without it: ${overEach(sent)}, ${failed} failed.`,
    },
  ];
}

/** R5: one step, the same lease, no absence. */
function inPlace({ record, deeds }: Run): Verdict {
  const { id, atMs, keptItsLease } = deeds.update;
  const seen = firstSighting(record, atMs, 'updated', id);
  const dictionary = seen?.snapshot.instances.find((instance) => instance.id === id)?.metadata['dictionary'];
  const absences = absencesOf(record, id, deeds.goodbye.atMs);
  return {
    promise: 'An update is one step: no gap, the same lease.',
    held: dictionary === '2025-09' && keptItsLease && absences === 0,
    measured: `${id} was seen with its new entry ${ms((seen?.atMs ?? Infinity) - atMs)} after it asked for it, and was never absent.`,
  };
}

/** A drain costs no request: callers turn away before the provider closes. */
function drained({ record, deeds: { drain } }: Run): Verdict {
  const { id, stoppedAtMs } = drain;
  const told = firstSighting(record, 0, 'updated', id);
  const gone = firstSighting(record, stoppedAtMs, 'removed', id);
  const requests = attemptsOf(record, id);
  const late = requests.filter((attempt) => attempt.sentAtMs > (told?.atMs ?? 0)).length;
  const failed = requests.filter((attempt) => attempt.type === 'failed').length;
  return {
    promise: 'A provider that drains loses no request, and its goodbye is immediate.',
    held: told !== undefined && gone !== undefined && isOverEach(requests) && late === 0 && failed === 0,
    measured: `${id} was sent ${overEach(requests)}, ${late} after the consumer saw it drain, ${failed} failed; gone ${ms((gone?.atMs ?? Infinity) - stoppedAtMs)} after it deregistered.`,
  };
}

/** L4: while owner and backend are up, an entry never blips. */
function steady({ record, deeds, ttlMs }: Run): Verdict {
  const { id } = deeds.steady;
  const end = deeds.goodbye;
  const joined = firstSighting(record, 0, 'added', id);
  const absences = absencesOf(record, id, end.atMs);
  const listedMs = end.atMs - (joined?.atMs ?? Infinity);
  return {
    promise: 'A provider that renews never blips.',
    held: joined !== undefined && absences === 0 && listedMs > 2 * ttlMs,
    measured: `${id} was listed for ${seconds(listedMs)} without a gap: ${(listedMs / ttlMs).toFixed(1)} TTLs, renewed at every third of one.`,
  };
}

/** R7, and that an empty list is one: the last one leaving is seen like any other. */
function goodbye({ record, deeds: { goodbye: end } }: Run): Verdict {
  const last = record.sightings.at(-1);
  const tookMs = (last?.atMs ?? Infinity) - end.atMs;
  return {
    promise: 'Who says goodbye is gone at once, the last one too.',
    held: last?.snapshot.instances.length === 0 && tookMs <= slackMs,
    measured: `${end.ids.join(' and ')} were gone ${ms(tookMs)} after they were told to stop; nobody waits for a TTL.`,
  };
}

function firstSighting(record: RunRecord, sinceMs: number, part: keyof ServiceDelta, id: string): Sighting | undefined {
  return record.sightings.find(
    ({ atMs, snapshot }) => atMs >= sinceMs && snapshot.delta[part].some((instance) => instance.id === id),
  );
}

/** How many sightings, between the first and `untilMs`, lacked `id`; those of its own goodbye come later. */
function absencesOf({ sightings }: RunRecord, id: string, untilMs: number): number {
  const isIn = ({ snapshot }: Sighting): boolean => snapshot.instances.some((instance) => instance.id === id);
  const from = sightings.findIndex(isIn);
  return sightings.slice(from).filter((sighting) => sighting.atMs < untilMs && !isIn(sighting)).length;
}

function attemptsOf({ calls }: RunRecord, id: string): readonly Attempt[] {
  return calls.flatMap((call) => call.attempts).filter((attempt) => attempt.provider === id);
}
