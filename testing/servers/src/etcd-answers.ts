import { fieldsOf, type JsonFields, textOf, textsOf } from './json-fields.ts';

/** A key and what stands there. Revisions and ids are decimal texts, as they exceed what a number can hold. */
export interface EtcdEntry {
  readonly key: string;
  readonly value: string;
  /** `0` when it is under none. */
  readonly lease: string;
  readonly createRevision: string;
  readonly modRevision: string;
  readonly version: string;
}

/** A member as the cluster knows it. */
export interface EtcdMember {
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

/** A member's view of itself and of its cluster. */
export interface EtcdStatus {
  readonly version: string;
  readonly clusterId: string;
  readonly memberId: string;
  /** The id of the leader it follows; undefined while it knows of none. */
  readonly leader: string | undefined;
  readonly raftTerm: string;
  readonly revision: string;
}

export function entryOf(fields: JsonFields): EtcdEntry {
  return {
    key: decoded(fields, 'key'),
    value: decoded(fields, 'value'),
    lease: numeral(fields, 'lease'),
    createRevision: numeral(fields, 'create_revision'),
    modRevision: numeral(fields, 'mod_revision'),
    version: numeral(fields, 'version'),
  };
}

export function memberOf(fields: JsonFields): EtcdMember {
  return {
    id: numeral(fields, 'ID'),
    name: textOf(fields, 'name'),
    peerUrls: textsOf(fields, 'peerURLs'),
    clientUrls: textsOf(fields, 'clientURLs'),
  };
}

export function statusOf(fields: JsonFields): EtcdStatus {
  const header = fieldsOf(fields['header']);
  return {
    version: textOf(fields, 'version'),
    clusterId: numeral(header, 'cluster_id'),
    memberId: numeral(header, 'member_id'),
    leader: textOf(fields, 'leader') || undefined,
    raftTerm: numeral(header, 'raft_term'),
    revision: numeral(header, 'revision'),
  };
}

function numeral(fields: JsonFields, name: string): string {
  return textOf(fields, name) || '0';
}

function decoded(fields: JsonFields, name: string): string {
  return Buffer.from(textOf(fields, name), 'base64').toString();
}
