import type { MalformedRecord } from '@rollcall/core/driver';
import type { ConsulEntry, ConsulLayout, ConsulRow } from './consul-entry.ts';

/** What counts of a service. */
export interface Newest {
  /** Of each id the entry of the highest epoch, and of two of the same the one that Consul got last. */
  readonly newest: ReadonlyMap<string, ConsulEntry>;
  readonly malformed: readonly MalformedRecord[];
}

/** The entries of a service, as they stand in Consul. */
export interface Standing extends Newest {
  /** By Consul's service ID. */
  readonly all: ReadonlyMap<string, ConsulEntry>;
  /** Consul's service IDs of all that was read, also of what is none of ours, or cannot be decoded. */
  readonly present: ReadonlySet<string>;
}

/** Whose rows are read. */
export interface RowsOf {
  readonly layout: ConsulLayout;
  readonly service: string;
}

/**
 * Looks at all entries of a service, also at those that are not passing: a crashed owner's still hides the one that it took over from.
 * @param entryOf throws where a row cannot be read
 */
export function newestIn(
  { layout, service }: RowsOf,
  rows: readonly ConsulRow[],
  entryOf: (row: ConsulRow) => ConsulEntry,
): Newest {
  const name = layout.serviceName(service);
  const newest = new Map<string, ConsulEntry>();
  const malformed: MalformedRecord[] = [];
  for (const row of rows) {
    // Asked for one name, Consul tells of all that differ from it by case alone (I1).
    if (row.Service.Service !== name || !layout.isOurs(row, service)) continue;
    try {
      const entry = entryOf(row);
      const other = newest.get(entry.id);
      if (other === undefined || isNewer(entry, other)) newest.set(entry.id, entry);
    } catch (error) {
      malformed.push({ key: `${name}/${row.Service.ID}`, error });
    }
  }
  return { newest, malformed };
}

/** The same, with all that was read. */
export function standingIn(of: RowsOf, rows: readonly ConsulRow[]): Standing {
  const all = new Map<string, ConsulEntry>();
  const found = newestIn(of, rows, (row) => {
    const entry = of.layout.entry(row, of.service);
    all.set(entry.serviceId, entry);
    return entry;
  });
  return { ...found, all, present: new Set(rows.map(({ Service }) => Service.ID)) };
}

/** Whether there is none of a service of this name. Asked for one name, Consul tells of all that differ from it by case alone (I1). */
export function hasNoneOf(name: string): (rows: readonly ConsulRow[]) => boolean {
  return (rows) => !rows.some(({ Service }) => Service.Service === name);
}

/** Whether `entry` counts, and not `other`. */
export function isNewer(entry: ConsulEntry, other: ConsulEntry): boolean {
  return entry.epoch > other.epoch || (entry.epoch === other.epoch && entry.createIndex > other.createIndex);
}
