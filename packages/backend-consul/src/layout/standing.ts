import type { MalformedRecord } from '@rollcall/core/driver';
import type { ConsulEntry, ConsulLayout, ConsulRow } from './consul-entry.ts';

/** The entries of a service, as they stand in Consul. */
export interface Standing {
  /** Of each id the one that counts: of the highest epoch, and of two of the same the one that Consul got last. */
  readonly newest: ReadonlyMap<string, ConsulEntry>;
  /** By Consul's service ID. */
  readonly all: ReadonlyMap<string, ConsulEntry>;
  readonly malformed: readonly MalformedRecord[];
}

/**
 * Looks at all entries of a service, also at those that are not passing: a crashed owner's still hides the one that it took over from.
 * @param entryOf throws where a row cannot be read
 */
export function standingIn(
  layout: ConsulLayout,
  service: string,
  rows: readonly ConsulRow[],
  entryOf: (row: ConsulRow) => ConsulEntry = (row) => layout.entry(row),
): Standing {
  const name = layout.serviceName(service);
  const newest = new Map<string, ConsulEntry>();
  const all = new Map<string, ConsulEntry>();
  const malformed: MalformedRecord[] = [];
  for (const row of rows) {
    // Asked for one name, Consul tells of all that differ from it by case alone (I1).
    if (row.Service.Service !== name || !layout.isOurs(row)) continue;
    try {
      const entry = entryOf(row);
      all.set(entry.serviceId, entry);
      const other = newest.get(entry.id);
      if (other === undefined || isNewer(entry, other)) newest.set(entry.id, entry);
    } catch (error) {
      malformed.push({ key: `${row.Service.Service}/${row.Service.ID}`, error });
    }
  }
  return { newest, all, malformed };
}

/** Whether there is none of a service of this name. Asked for one name, Consul tells of all that differ from it by case alone (I1). */
export function hasNoneOf(name: string): (rows: readonly ConsulRow[]) => boolean {
  return (rows) => !rows.some(({ Service }) => Service.Service === name);
}

/** Whether `entry` counts, and not `other`. */
export function isNewer(entry: ConsulEntry, other: ConsulEntry): boolean {
  return entry.epoch > other.epoch || (entry.epoch === other.epoch && entry.createIndex > other.createIndex);
}
