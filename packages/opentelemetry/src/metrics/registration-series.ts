import type { Registration, RegistrationState } from '@rollcall/core';
import type { SeriesTable } from './series-table.ts';

const noState: Readonly<Record<RegistrationState, number>> = { active: 0, suspect: 0, lost: 0, closed: 0 };

/** Adds how a registration stands. One that is closed is none. */
export function addRegistration(
  series: SeriesTable,
  { instance, state }: Pick<Registration, 'instance' | 'state'>,
): void {
  for (const [word, value] of Object.entries({ ...noState, [state]: 1 }))
    if (word !== 'closed')
      series.add(
        'rollcall.registration.count',
        { 'rollcall.service.name': instance.service, 'rollcall.registration.state': word },
        value,
      );
}
