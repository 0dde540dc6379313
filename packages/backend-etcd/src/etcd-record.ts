import {
  decodeInstance,
  encodeInstance,
  type MalformedRecord,
  RegistryError,
  type ServiceInstance,
} from '@rollcall/core/driver';
import type { KeyValue } from './protocol/etcd-messages.ts';
import { type EntryName, type EtcdKeys, keyText } from './etcd-keys.ts';

/** What a stored record came to. */
export type ReadRecord =
  | { readonly type: 'entry'; readonly instance: ServiceInstance }
  | { readonly type: 'malformed'; readonly record: MalformedRecord & { readonly id: string } };

/** The value that stands under an entry's key: the instance, and whose it is. Readers ignore the owner, as any field they do not know. */
export function encodeRecord(instance: ServiceInstance, owner: string): string {
  return `${encodeInstance(instance).slice(0, -1)},"owner":${JSON.stringify(owner)}}`;
}

/** A record of a service's range: an instance of that service, or what is wrong with it (D5). */
export function readRecord(keys: EtcdKeys, { key, value }: KeyValue): ReadRecord {
  try {
    const instance = decodeInstance(value);
    if (keys.isEntryOf(key, instance)) return { type: 'entry', instance };
    throw misplaced(key, instance);
  } catch (error) {
    return { type: 'malformed', record: { key: keyText(key), id: keys.idOf(key), error } };
  }
}

/** Whose entry stands here: its owner's token, `undefined` where a record of somebody else's names none. */
export type Standing = { readonly type: 'nobody' } | { readonly type: 'owner'; readonly owner: string | undefined };

/** Whose live entry a key holds. What cannot be decoded is nobody's. */
export function standingOf(keys: EtcdKeys, kv: KeyValue | undefined): Standing {
  if (kv === undefined || readRecord(keys, kv).type === 'malformed') return { type: 'nobody' };
  const fields: unknown = JSON.parse(kv.value);
  const owner = typeof fields === 'object' && fields !== null && 'owner' in fields ? fields.owner : undefined;
  return { type: 'owner', owner: typeof owner === 'string' ? owner : undefined };
}

function misplaced(key: Buffer, { service, id }: EntryName): RegistryError {
  return new RegistryError(
    'INSTANCE_MALFORMED',
    `The record under ${JSON.stringify(keyText(key))} is one of ${JSON.stringify(`${service}/${id}`)}.`,
  );
}
