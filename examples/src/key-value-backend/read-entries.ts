import type { DriverSnapshot, MalformedRecord, ServiceInstance } from '@rollcall/core/driver';
import type { KeyValueClient } from './key-value-client.ts';
import { decodeRecord } from './key-value-record.ts';
import { readBelow } from './scripts.ts';

/** D1: everything that stands below a prefix, read from the store now. W2: as it stood at one moment. */
export async function readEntries({ connection, keys }: KeyValueClient, prefix: string): Promise<DriverSnapshot> {
  const instances: ServiceInstance[] = [];
  const malformed: MalformedRecord[] = [];
  for (const [key, value] of await connection.eval(readBelow(prefix))) {
    try {
      instances.push(decodeRecord(keys, [key, value]).instance);
    } catch (error) {
      // D5: what cannot be decoded is left out and reported, and harms nobody else.
      malformed.push({ key, error });
    }
  }
  return { type: 'snapshot', instances, malformed };
}
