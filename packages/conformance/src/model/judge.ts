import type { ServiceInstance, ServiceSnapshot } from '@rollcall/core';
import { isDeepStrictEqual } from 'node:util';
import { ConformanceError } from '../conformance-error.ts';
import { noticedWithinMs, settledWithinMs } from './bounds.ts';
import { type Claim, isSameKey, type Key } from './claim.ts';
import { inReachSinceMs } from './holder.ts';
import type { Ledger } from './ledger.ts';
import { mayNotStand, type Objection, shown } from './may-stand.ts';
import { mustStand, undisturbed } from './must-stand.ts';
import type { Observation } from './observation.ts';
import { type Origin, originOf } from './stamp.ts';
import { type Instant, isBefore } from './timeline.ts';

/** Throws the first promise that the observation breaks: something shown that cannot stand, or missing that must. */
export function judge(ledger: Ledger, observation: Observation): void {
  judgeShown(ledger, observation);
  judgeMissing(ledger, observation);
}

/** Only whether what is shown may stand. */
export function judgeShown(ledger: Ledger, observation: Observation): void {
  const { service, instances, from, to } = observation;
  for (const instance of instances) {
    if (instance.service !== service)
      fail(observation, instance, { clause: 'I1', why: `it belongs to service ${JSON.stringify(instance.service)}` });
    const origin = originOf(ledger, instance);
    if (origin === undefined) fail(observation, instance, { clause: 'I7', why: 'nobody registered it' });
    const altered = isAltered(instance, origin);
    if (altered !== undefined) fail(observation, instance, altered);
    const objection =
      mayNotStand(ledger, origin.claim, from, to) ??
      isBesideAnother(ledger, origin.claim, from, to) ??
      isOutdated(ledger, origin, from, to);
    if (objection !== undefined) fail(observation, instance, asWatched(ledger, observation, objection));
  }
}

function judgeMissing(ledger: Ledger, observation: Observation): void {
  const { service, instances, from, to } = observation;
  for (const key of ledger.keysOf(service)) {
    if (instances.some((instance) => instance.id === key.id)) continue;
    const objection = mustStand(ledger, key, from, to)?.objection;
    if (objection === undefined) continue;
    const { clause, why } = asWatched(ledger, observation, objection);
    throw new ConformanceError(
      `${clause}: ${observation.who} ${named(key)} missing at ${when(observation)}, although ${why}`,
    );
  }
}

/** Throws if a set that a watch shows is neither what stood before everything was wiped nor what was left after it (W2). */
export function judgeMoment(ledger: Ledger, { who, service, instances, from, to }: Observation): void {
  if (!ledger.bounds.isViewExact) return; // where a wipe takes time, it may be seen
  for (const { key, called, stood } of ledger.removals) {
    if (key !== undefined || called.seq < from.seq) continue;
    const before = stood.filter((claim) => claim.key.service === service);
    const left = before.filter(({ number }) =>
      instances.some(({ metadata }) => metadata['registration'] === String(number)),
    );
    if (left.length === 0 || left.length === before.length) continue;
    throw new ConformanceError(
      `W2: ${who} ${left.length} of ${before.length} entries of ${JSON.stringify(service)} at ${shown(to.at)}, although all were wiped in one step`,
    );
  }
}

/** Throws if the names of services are not those with something listed (D4). */
export function judgeServices(
  ledger: Ledger,
  names: readonly string[],
  { who, from, to }: Pick<Observation, 'who' | 'from' | 'to'>,
): void {
  const at = `at ${shown(to.at)}`;
  if (!isDeepStrictEqual(names, [...new Set(names)].toSorted()))
    throw new ConformanceError(`D4: ${who} services ${JSON.stringify(names)} ${at}: not sorted, or one of them twice`);
  for (const service of ledger.services()) {
    const standing = ledger.keysOf(service).map((key) => mustStand(ledger, key, from, to));
    const must = standing.find((entry) => entry !== undefined);
    if (must !== undefined && !names.includes(service))
      throw new ConformanceError(
        `D4: ${who} no service ${JSON.stringify(service)} ${at}, although ${must.objection.why}`,
      );
  }
  for (const name of names) {
    const claims = ledger.claims.filter((claim) => claim.key.service === name && claim.called.seq < to.seq);
    if (claims.some((claim) => mayNotStand(ledger, claim, from, to) === undefined)) continue;
    throw new ConformanceError(`D4: ${who} service ${JSON.stringify(name)} ${at}, in which nothing can be listed`);
  }
}

/** Throws if two reachable owners of one entry both think that it is theirs, long after the later one has come (R3). */
export function judgeRivals(ledger: Ledger): void {
  const now = ledger.timeline.note();
  for (const service of ledger.services())
    for (const key of ledger.keysOf(service)) {
      const [one, other] = undisturbed(ledger, key, now);
      if (one === undefined || other === undefined) continue;
      throw new ConformanceError(
        `R3: at ${shown(now.at)} #${one.number} and #${other.number} are both open owners of ${named(key)}, ` +
          'although both have been in reach long enough to renew',
      );
    }
}

/** Throws if an owner's entry went back to an older version from one snapshot of a reader to the next (W3). */
export function judgeOrder(ledger: Ledger, who: string, before: ServiceSnapshot, after: ServiceSnapshot): void {
  for (const instance of after.instances) {
    const former = before.instances.find(({ id }) => id === instance.id);
    const [then, now] = [former && originOf(ledger, former), originOf(ledger, instance)];
    if (then === undefined || then.claim !== now?.claim || then.index <= now.index) continue;
    throw new ConformanceError(
      `W3: ${who} was given version ${now.index} of #${now.claim.number} at ${shown(ledger.timeline.now)} after version ${then.index}`,
    );
  }
}

/** What a list may not show or lack, a watch may until it has caught up (W1, W4): which clause it is then, and what it was held to. */
function asWatched({ bounds }: Ledger, { watch }: Observation, { clause, why }: Objection): Objection {
  if (watch === undefined) return { clause, why };
  const held = bounds.isHandMoved
    ? `. On a clock that is moved by hand a watch may be behind by ${shown(bounds.viewDelayMs)}.`
    : '';
  return { clause: watch, why: `${why} (${clause})${held}` };
}

function isAltered(instance: ServiceInstance, { version, index, claim }: Origin): Objection | undefined {
  if (instance === version.instance || isDeepStrictEqual(instance, version.instance)) return undefined;
  const isOther = !isSameKey(instance, claim.key);
  const why = `version ${index} of #${claim.number} is ${JSON.stringify(version.instance)}`;
  return { clause: isOther ? 'I1' : index === 0 && claim.versions.length === 1 ? 'I7' : 'R8', why };
}

/** Whoever holds the entry for certain holds it alone. */
function isBesideAnother(ledger: Ledger, claim: Claim, from: Instant, to: Instant): Objection | undefined {
  const standing = mustStand(ledger, claim.key, from, to);
  if (standing?.kind !== 'sole' || standing.claim === claim) return undefined;
  const later = isBefore(standing.claim.called, claim.called) ? claim : standing.claim;
  const why = `the entry is that of #${standing.claim.number}: ${standing.objection.why}`;
  return { clause: later.terms.onConflict === 'reject' ? 'R4' : 'R3', why };
}

function isOutdated(
  ledger: Ledger,
  { claim, version, index }: Origin,
  from: Instant,
  to: Instant,
): Objection | undefined {
  if (!isBefore(version.called, to)) return { clause: 'R5', why: `version ${index} is not asked for yet` };
  const newer = claim.versions.findLastIndex((other) => isBefore(other.done, from));
  if (newer > index) return { clause: 'R5', why: `the update to version ${newer} had resolved` };
  const { grant } = claim;
  if (grant === undefined) return undefined;
  if (isBefore(grant.done, from) && grant.version > index)
    return { clause: 'R6', why: `it was registered again at ${shown(grant.done.at)}, as version ${grant.version}` };
  return isUnwritten(ledger, claim, index, from);
}

/** Until the backend holds the newest instance, it is written again with each renewal (R5). */
function isUnwritten({ bounds }: Ledger, claim: Claim, index: number, from: Instant): Objection | undefined {
  if (claim.closing !== undefined || claim.ending !== undefined) return undefined;
  const inReachMs = inReachSinceMs(claim.holder, bounds.recoveryMs);
  const writtenByMs = (calledMs: number): number =>
    Math.max(calledMs, inReachMs, claim.grant?.done.at ?? Infinity) +
    noticedWithinMs(bounds, claim.ttlMs) +
    settledWithinMs(bounds);
  const due = claim.versions.findLastIndex(({ called }) => writtenByMs(called.at) < from.at);
  if (due <= index) return undefined;
  return { clause: 'R5', why: `version ${due} is wanted since ${shown(claim.versions[due]?.called.at ?? 0)}` };
}

function fail(observation: Observation, instance: ServiceInstance, { clause, why }: Objection): never {
  const { registration, version } = instance.metadata;
  throw new ConformanceError(
    `${clause}: ${observation.who} ${named(instance)} (#${registration}, version ${version}) at ${when(observation)}, although ${why}`,
  );
}

function when({ from, to }: Observation): string {
  return to.at - from.at < 1 ? shown(to.at) : `some time from ${shown(from.at)} to ${shown(to.at)}`;
}

/** The name of an entry, for messages. */
export function named({ service, id }: Key): string {
  return `${JSON.stringify(service)} / ${JSON.stringify(id)}`;
}
