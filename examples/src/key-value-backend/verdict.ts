import { RegistryError } from '@rollcall/core/driver';
import { described } from './attempt.ts';
import type { KeyValueClient } from './key-value-client.ts';
import { recordIn } from './key-value-record.ts';
import type { Found } from './scripts.ts';

/** An entry that somebody believes to be theirs. */
export interface HeldEntry {
  readonly service: string;
  readonly id: string;
  readonly owner: string;
}

/** What to tell the owner of an entry when something else was found in its place (L6, R3). */
export function verdict(client: KeyValueClient, entry: HeldEntry, action: string, found: Found): RegistryError {
  const { service, id, owner } = entry;
  const key = client.keys.entry(service, id);
  const standing = found === undefined ? undefined : recordIn(client.keys, [key, found]);
  const what = `Could not ${described({ action, service, id }, client.connection.address)}`;
  // R3: superseded is final, so it is told only if a live entry of somebody else stands. What cannot be decoded is nobody's.
  if (standing !== undefined && standing.owner !== owner)
    return new RegistryError('LEASE_SUPERSEDED', `${what}: another owner has taken the entry.`);
  // L6: absent, overwritten by hand, or under another lease of the same owner. It is lost, and core registers it again (R6).
  return new RegistryError('LEASE_NOT_FOUND', `${what}: the entry is gone, or was overwritten.`);
}
