import { type BalancingEvent, describeBalancing } from './describe-balancing.ts';

/**
 * A sink for `onDiagnostic` of balancers and service caches that writes one readable line each to the console: what needs somebody's
 * attention as a warning, what mends it as information. What core's `consoleDiagnostics` is for a registry.
 */
export function consoleBalancing(): (event: BalancingEvent) => void {
  return (event) => {
    const line = `rollcall: ${describeBalancing(event)}`;
    if (needsNobody(event)) console.info(line);
    else console.warn(line);
  };
}

const welcome: ReadonlySet<BalancingEvent['type']> = new Set(['set-live', 'snapshot-read', 'instance-returned']);

function needsNobody(event: BalancingEvent): boolean {
  if (event.type === 'protection-ended') return event.because === 'all-returned';
  if (event.type === 'overrides-read') return event.services.length === 0;
  return welcome.has(event.type);
}
