import { reasonOf } from '../errors/reason-of.ts';
import type { DiagnosticEvent } from './diagnostics.ts';

/**
 * A sink for `onDiagnostic` that writes one readable line each to the console: what needs somebody's attention as a warning,
 * what mends it as information. Error messages are shown, and hold no credentials (E2).
 */
export function consoleDiagnostics(): (event: DiagnosticEvent) => void {
  return (event) => {
    // One line, whatever stands in names and messages.
    const line = `rollcall: ${describe(event)}`.replaceAll(/\p{Control}+/gu, ' ');
    if (event.type === 'reregistered' || event.type === 'watch-resumed') console.info(line);
    else console.warn(line);
  };
}

function describe(event: DiagnosticEvent): string {
  switch (event.type) {
    case 'renewal-failed':
      return `${entry(event)}: a renewal failed, trying again: ${reasonOf(event.error)}`;
    case 'registration-lost':
      return `${entry(event)}: the registration is lost: ${reasonOf(event.cause)}`;
    case 'reregistration-failed':
      return `${entry(event)}: attempt ${event.attempt} to register again failed: ${reasonOf(event.error)}`;
    case 'deregistration-failed':
      return `${entry(event)}: could not be deregistered, its TTL will end it: ${reasonOf(event.error)}`;
    case 'reregistered':
      return `${entry(event)}: registered again after ${event.attempts} attempts and ${Math.round(event.gapMs)} ms`;
    case 'watch-interrupted':
      return `${event.service}: the watch is interrupted, the last known set stands: ${reasonOf(event.error)}`;
    case 'watch-resumed':
      return `${event.service}: the watch is back after ${Math.round(event.gapMs)} ms, ${event.resync ? 'and the set had changed' : 'and nothing had changed'}`;
    case 'malformed-record':
      return `${event.service}: the record at ${event.key} cannot be read and is left out: ${reasonOf(event.error)}`;
    case 'callback-failed':
      return `a callback of yours threw: ${reasonOf(event.error)}`;
  }
}

function entry({ service, id }: { readonly service: string; readonly id: string }): string {
  return `${service}/${id}`;
}
