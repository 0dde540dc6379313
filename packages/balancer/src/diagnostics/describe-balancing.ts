import { reasonOf } from '@rollcall/core/driver';
import type { BalancerDiagnosticEvent } from '../balancer-diagnostics.ts';
import type { CacheDiagnosticEvent } from '../cache/cache-diagnostics.ts';
import type { RefusalReason } from '../disk/snapshot-format.ts';
import type { AbsencePattern } from '../protection/absences.ts';

/** What a balancer or a service cache tells in the background. */
export type BalancingEvent = BalancerDiagnosticEvent | CacheDiagnosticEvent;

/**
 * The event as one line for people, with what to do where there is something to do; for a logger of yours. Error messages are shown, and
 * hold no credentials (E2).
 */
export function describeBalancing(event: BalancingEvent): string {
  // One line, whatever stands in names and messages.
  return sentence(event).replaceAll(/\p{Control}+/gu, ' ');
}

function sentence(event: BalancingEvent): string {
  switch (event.type) {
    case 'set-stale':
      return `${event.service}: the registry is out of reach, and the last known set is served (${instances(event.instances)}): look whether the registry is up, and reached from here`;
    case 'set-live':
      return `${event.service}: the registry answers again after ${span(event.awayMs)}, and lists ${instances(event.instances)}`;
    case 'set-expired':
      return `${event.service}: the registry was out of reach for ${span(event.staleMs)}, and nothing is served until it answers (maxStaleMs)`;
    case 'set-from-disk':
      return `${event.service}: the registry has not answered yet, and the set from disk is served (${instances(event.instances)}, seen ${span(event.ageMs)} ago): look whether the registry is up, and reached from here`;
    case 'watch-failed':
      return `${event.service}: the watch failed, and is opened again in 10 s: ${reasonOf(event.error)}`;
    case 'protection-began':
      return `${event.service}: ${instances(event.held)} went missing ${patterns[event.pattern]}, ${event.left} left; they are served for up to ${span(event.holdMs)} more: ${advice[event.pattern]}`;
    case 'protection-ended':
      return event.because === 'all-returned'
        ? `${event.service}: all that were missed have returned`
        : `${event.service}: ${instances(event.gone)} did not return, and are served no more: if they are up, look whether they reach the registry`;
    case 'snapshot-read':
      return `the snapshot ${event.path} was looked at: it has ${services(event.services)}`;
    case 'snapshot-refused':
      return `${event.path}: ${withCause(event.error)} ${afterRefusal[event.reason]}`;
    case 'snapshot-not-written':
      return `the snapshot ${event.path} could not be written, and the former one stands: ${reasonOf(event.error)}: look at the folder's rights and space`;
    case 'overrides-read':
      return event.services.length === 0
        ? `${event.origin} overrides nothing any more`
        : `${event.origin} overrides the registry for ${event.services.join(', ')}: calls go where it says`;
    case 'overrides-refused':
      return `the overrides cannot be read: ${withCause(event.error)}; those that were read before stand, and without any no service is followed: mend the file`;
    case 'callback-failed':
      return `a callback of yours threw: ${reasonOf(event.error)}`;
    case 'instance-ejected':
      return `${event.service}/${event.id}: ${event.failures} calls in a row failed, and it is left out for ${span(event.forMs)}: look at this instance`;
    case 'instance-returned':
      return `${event.service}/${event.id}: it may be picked again`;
    case 'filter-failed':
      return `${event.service}: ${event.filter} failed, and nobody new is picked until the next change: ${reasonOf(event.error)}: mend the filter`;
  }
}

const patterns: Readonly<Record<AbsencePattern, string>> = {
  'after-outage': 'during an outage',
  'in-one-step': 'in one step',
  'one-by-one': 'one by one',
};

const advice: Readonly<Record<AbsencePattern, string>> = {
  'after-outage': 'look whether the registry has lost data, or they do not reach it',
  'in-one-step': 'look whether the registry has lost data, or somebody deleted them',
  'one-by-one': 'look whether they are up, and reach the registry',
};

const leftAlone = 'It is left as it is, and nothing is saved';

/** What becomes of the file, and what to do. */
const afterRefusal: Readonly<Record<RefusalReason, string>> = {
  damaged: 'A new one takes its place',
  foreign: `${leftAlone}: name another path`,
  version: `${leftAlone}: name another path, or delete it`,
  scope: `${leftAlone}: name another path for this scope`,
  unreadable: `${leftAlone}: look at what stands there, and at its rights`,
};

/** What a refusal says of itself is general; the system or the parser knows more. */
function withCause(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? reasonOf(error) : `${reasonOf(error)} (${reasonOf(cause)})`;
}

function instances(count: number): string {
  return count === 1 ? '1 instance' : `${count} instances`;
}

function services(count: number): string {
  return count === 0 ? 'nothing that is young enough' : count === 1 ? '1 service' : `${count} services`;
}

/** Two digits say enough. */
function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
