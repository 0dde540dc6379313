import { randomUUID } from 'node:crypto';
import { type DriverRegisterOptions, RegistryError, type ServiceInstance } from '@rollcall/core/driver';
import { described } from './attempt.ts';
import type { KeyValueClient } from './key-value-client.ts';
import { KeyValueLease } from './key-value-lease.ts';
import { encodeRecord, type EntryRecord, recordIn } from './key-value-record.ts';
import { removeUnwanted } from './remove-unwanted.ts';
import { type Found, put, putInPlaceOf } from './scripts.ts';

/** Writes the entry with its time to live: one step, which is lease and entry at once (R1). */
export async function registerEntry(
  client: KeyValueClient,
  instance: ServiceInstance,
  ttlMs: number,
  options: DriverRegisterOptions,
): Promise<KeyValueLease> {
  const { connection, keys } = client;
  const record: EntryRecord = { instance, owner: options.owner, lease: randomUUID(), version: 1 };
  const key = keys.entry(instance.service, instance.id);
  const value = encodeRecord(record);
  try {
    // R3: a newcomer replaces what stands in one step, so that readers see one update and never an absence.
    if (options.onConflict === 'replace') await connection.eval(put(key, value, ttlMs));
    else await claim(client, record, ttlMs, options.signal);
    // C1: whoever waited for this has been told otherwise already, and will never revoke it.
    options.signal.throwIfAborted();
  } catch (error) {
    // R2: unless it was refused the entry may stand, heard or not. Core never had a lease of it, so nobody else can remove it.
    if (!RegistryError.is(error, 'INSTANCE_ALREADY_REGISTERED'))
      removeUnwanted(client, key, value, ttlMs).catch(() => undefined);
    throw error;
  }
  return new KeyValueLease(client, record, ttlMs);
}

/** Takes the key from nobody, or from what was just seen to be no conflict. Each step is one that nothing can cross. */
async function claim(client: KeyValueClient, record: EntryRecord, ttlMs: number, signal: AbortSignal): Promise<void> {
  const { connection, keys } = client;
  const { service, id } = record.instance;
  const key = keys.entry(service, id);
  const value = encodeRecord(record);
  for (let expected: Found = undefined; ;) {
    const found: Found = await connection.eval(putInPlaceOf(expected, key, value, ttlMs));
    if (found === expected) return;
    // C1: whoever has given up meanwhile writes nothing any more.
    signal.throwIfAborted();
    assertNoConflict(client, record, found);
    expected = found;
  }
}

/** R4: only a live entry of another owner is a conflict. R2: one of the same owner never is, it may be an earlier attempt. */
function assertNoConflict({ connection, keys }: KeyValueClient, { instance, owner }: EntryRecord, found: Found): void {
  const { service, id } = instance;
  const standing = found === undefined ? undefined : recordIn(keys, [keys.entry(service, id), found]);
  if (standing === undefined || standing.owner === owner) return;
  const what = described({ action: 'register', service, id }, connection.address);
  throw new RegistryError(
    'INSTANCE_ALREADY_REGISTERED',
    `Could not ${what}: a live entry of another owner stands. Wait until it is gone, or ask for onConflict 'replace'.`,
  );
}
