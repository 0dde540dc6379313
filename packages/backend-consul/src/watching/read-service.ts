import type { DriverSnapshot, MalformedRecord, ServiceInstance } from '@rollcall/core/driver';
import type { ConsulEntry, ConsulRow } from '../layout/consul-entry.ts';
import { newestIn, type RowsOf } from '../layout/standing.ts';

/** How rows become entries, and entries instances: anew, or as they were read before. Each throws where it cannot (D5). */
export interface Decoding {
  entryOf(row: ConsulRow): ConsulEntry;
  instanceOf(entry: ConsulEntry): ServiceInstance;
}

/** The set of a service: of each id the entry that counts, if it passes. */
export function readService(of: RowsOf, rows: readonly ConsulRow[], decoding: Decoding = anew(of)): DriverSnapshot {
  const { newest, malformed: unreadable } = newestIn(of, rows, (row) => decoding.entryOf(row));
  const malformed: MalformedRecord[] = [...unreadable];
  const instances: ServiceInstance[] = [];
  for (const entry of newest.values()) {
    if (!entry.isPassing) continue;
    try {
      instances.push(decoding.instanceOf(entry));
    } catch (error) {
      malformed.push({ key: `${of.layout.serviceName(of.service)}/${entry.serviceId}`, id: entry.id, error });
    }
  }
  return { type: 'snapshot', instances, ...(malformed.length > 0 && { malformed }) };
}

function anew({ layout, service }: RowsOf): Decoding {
  return { entryOf: (row) => layout.entry(row, service), instanceOf: (entry) => layout.instance(entry) };
}
