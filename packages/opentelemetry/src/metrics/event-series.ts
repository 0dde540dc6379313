import type { TelemetryEvent } from '../telemetry.ts';
import type { TelemetryTerms } from '../telemetry-options.ts';
import type { SeriesTable } from './series-table.ts';

/** Counts an event; ejections and protections also for themselves. */
export function countEvent(
  series: SeriesTable,
  event: TelemetryEvent,
  { instanceIds }: Pick<TelemetryTerms, 'instanceIds'>,
): void {
  const service = 'service' in event ? { 'rollcall.service.name': event.service } : undefined;
  series.add('rollcall.diagnostic.events', { 'rollcall.diagnostic.type': event.type, ...service }, 1);
  if (event.type === 'instance-ejected') {
    const id = instanceIds === 'shown' ? { 'rollcall.instance.id': event.id } : undefined;
    series.add('rollcall.balancer.ejections', { ...service, ...id }, 1);
  } else if (event.type === 'protection-began') {
    series.add('rollcall.service.protections', { ...service, 'rollcall.protection.pattern': event.pattern }, 1);
  }
}
