import { decodeFields, encodeInstance, RegistryError, type ServiceInstance } from '@rollcall/core/driver';
import type { KeyValueKeys } from './key-value-keys.ts';
import type { KeyAndValue } from './store/key-value-store.ts';

/** What stands under the key of an entry. */
export interface EntryRecord {
  readonly instance: ServiceInstance;
  /** Whose entry it is (R3, R4). */
  readonly owner: string;
  /** Under which of the owner's leases (L6). */
  readonly lease: string;
  /** Counts the writes under the lease, so that no two of them are the same text, and a late one is told from the newest (R5). */
  readonly version: number;
}

/** I7: core's codec keeps every field; what the driver needs stands beside the instance, where readers do not look. */
export function encodeRecord({ instance, owner, lease, version }: EntryRecord): string {
  return `${JSON.stringify({ owner, lease, version }).slice(0, -1)},"instance":${encodeInstance(instance)}}`;
}

/** The record of an entry. @throws RegistryError `INSTANCE_MALFORMED`, or what `JSON.parse` throws: it is nobody's (D5) */
export function decodeRecord(keys: KeyValueKeys, [key, value]: KeyAndValue): EntryRecord {
  const fields: unknown = JSON.parse(value);
  if (!isRecord(fields)) throw malformed(key, 'it has no owner, lease, version and instance');
  const { owner, lease, version } = fields;
  const instance = decodeFields(fields.instance);
  // I1: a record that was copied by hand to the key of another must not be listed there.
  if (keys.entry(instance.service, instance.id) !== key) throw malformed(key, 'its names are those of another key');
  return { instance, owner, lease, version };
}

/** Undefined for what cannot be decoded: that is nobody's live entry (D5, R4). */
export function recordIn(keys: KeyValueKeys, [key, value]: KeyAndValue): EntryRecord | undefined {
  try {
    return decodeRecord(keys, [key, value]);
  } catch {
    return undefined;
  }
}

type RecordFields = Omit<EntryRecord, 'instance'> & { readonly instance: unknown };

function isRecord(fields: unknown): fields is RecordFields {
  return (
    typeof fields === 'object' &&
    fields !== null &&
    'owner' in fields &&
    typeof fields.owner === 'string' &&
    'lease' in fields &&
    typeof fields.lease === 'string' &&
    'version' in fields &&
    typeof fields.version === 'number' &&
    'instance' in fields
  );
}

function malformed(key: string, problem: string): RegistryError {
  return new RegistryError('INSTANCE_MALFORMED', `The record under ${JSON.stringify(key)} is none: ${problem}.`);
}
