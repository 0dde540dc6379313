import type { AbsencePattern, CachedState, ServiceCache } from '@rollcall/balancer';
import type { InstanceStatus } from '@rollcall/core';
import type { SeriesTable } from './series-table.ts';

const noStatus: Readonly<Record<InstanceStatus, number>> = { up: 0, starting: 0, draining: 0, 'out-of-service': 0 };

const noState: Readonly<Record<CachedState, number>> = {
  unknown: 0,
  live: 0,
  held: 0,
  stale: 0,
  disk: 0,
  expired: 0,
  overridden: 0,
  closed: 0,
};

const noPattern: Readonly<Record<AbsencePattern, number>> = { 'after-outage': 0, 'in-one-step': 0, 'one-by-one': 0 };

/** Adds how the sets of a cache stand. A word that does not hold is told as 0, so that its series begins before it does. */
export function addCache(series: SeriesTable, cache: Pick<ServiceCache, 'instances' | 'report'>): void {
  for (const { service, state, held, awayMs } of cache.report()) {
    const name = { 'rollcall.service.name': service };
    const statuses = { ...noStatus };
    for (const { status } of cache.instances(service)) statuses[status] += 1;
    for (const [status, count] of Object.entries(statuses))
      series.add('rollcall.service.instance.count', { ...name, 'rollcall.instance.status': status }, count);
    series.add('rollcall.service.held_instance.count', name, held);
    for (const [word, value] of Object.entries({ ...noState, [state]: 1 }))
      series.add('rollcall.service.state', { ...name, 'rollcall.service.state': word }, value);
    series.add('rollcall.service.staleness', name, awayMs / 1_000);
    for (const pattern of Object.keys(noPattern))
      series.add('rollcall.service.protections', { ...name, 'rollcall.protection.pattern': pattern }, 0);
  }
}
