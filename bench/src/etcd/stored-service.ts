import type { RawEtcd } from './raw-etcd.ts';
import { keyOf, typicalRecord } from './records.ts';

/** etcd takes no more operations in one transaction. */
const mostInTransaction = 128;

/** Writes a service of `size` instances, under no lease: they stay. */
export async function storeService(raw: RawEtcd, service: string, size: number): Promise<void> {
  const puts = Array.from({ length: size }, (_, index) => ({ request_put: recordNumber(service, index) }));
  for (let from = 0; from < size; from += mostInTransaction)
    await raw.kv.txn({ success: puts.slice(from, from + mostInTransaction) });
}

/** The record of one of them, to be put. */
export function recordNumber(service: string, index: number, version?: string): { key: Buffer; value: Buffer } {
  const id = `instance-${String(index).padStart(6, '0')}`;
  return { key: keyOf(service, id), value: typicalRecord(service, id, version) };
}
