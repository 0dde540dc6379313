import protobuf from 'protobufjs/light.js';

/**
 * What of etcd's v3 protocol is used here, by its field numbers. Fields that nobody reads are left out: what is not in the
 * schema is skipped, not decoded.
 */
const messages: Readonly<Record<string, protobuf.IType>> = {
  ResponseHeader: { fields: { clusterId: field(1, 'uint64'), revision: field(3, 'int64') } },
  KeyValue: {
    fields: {
      key: field(1, 'bytes'),
      modRevision: field(3, 'int64'),
      // Bytes on the wire, like text; decoded as text at once, it needs no buffer of its own.
      value: field(5, 'string'),
      lease: field(6, 'int64'),
    },
  },
  RangeRequest: {
    fields: {
      key: field(1, 'bytes'),
      rangeEnd: field(2, 'bytes'),
      limit: field(3, 'int64'),
      revision: field(4, 'int64'),
      keysOnly: field(8, 'bool'),
    },
  },
  RangeResponse: { fields: { header: field(1, 'ResponseHeader'), kvs: repeated(2, 'KeyValue') } },
  PutRequest: { fields: { key: field(1, 'bytes'), value: field(2, 'string'), lease: field(3, 'int64') } },
  RequestOp: {
    oneofs: { request: { oneof: ['range', 'put', 'txn'] } },
    fields: { range: field(1, 'RangeRequest'), put: field(2, 'PutRequest'), txn: field(4, 'TxnRequest') },
  },
  ResponseOp: {
    oneofs: { response: { oneof: ['range', 'txn'] } },
    fields: { range: field(1, 'RangeResponse'), txn: field(4, 'TxnResponse') },
  },
  Compare: {
    oneofs: { targetUnion: { oneof: ['createRevision', 'modRevision', 'lease'] } },
    fields: {
      result: field(1, 'int32'),
      target: field(2, 'int32'),
      key: field(3, 'bytes'),
      createRevision: field(5, 'int64'),
      modRevision: field(6, 'int64'),
      lease: field(8, 'int64'),
    },
  },
  TxnRequest: {
    fields: { compare: repeated(1, 'Compare'), success: repeated(2, 'RequestOp'), failure: repeated(3, 'RequestOp') },
  },
  TxnResponse: {
    fields: {
      header: field(1, 'ResponseHeader'),
      succeeded: field(2, 'bool'),
      responses: repeated(3, 'ResponseOp'),
    },
  },
  LeaseGrantRequest: { fields: { ttl: field(1, 'int64'), id: field(2, 'int64') } },
  LeaseGrantResponse: { fields: { ttl: field(3, 'int64') } },
  LeaseRevokeRequest: { fields: { id: field(1, 'int64') } },
  LeaseRevokeResponse: { fields: {} },
  LeaseKeepAliveRequest: { fields: { id: field(1, 'int64') } },
  LeaseKeepAliveResponse: { fields: { id: field(2, 'int64'), ttl: field(3, 'int64') } },
  LeaseTimeToLiveRequest: { fields: { id: field(1, 'int64'), keys: field(2, 'bool') } },
  LeaseTimeToLiveResponse: { fields: { grantedTtl: field(4, 'int64'), keys: repeated(5, 'bytes') } },
  WatchRequest: {
    oneofs: { request: { oneof: ['create', 'cancel'] } },
    fields: { create: field(1, 'WatchCreateRequest'), cancel: field(2, 'WatchCancelRequest') },
  },
  WatchCreateRequest: {
    fields: {
      key: field(1, 'bytes'),
      rangeEnd: field(2, 'bytes'),
      startRevision: field(3, 'int64'),
      watchId: field(7, 'int64'),
      fragment: field(8, 'bool'),
    },
  },
  WatchCancelRequest: { fields: { watchId: field(1, 'int64') } },
  WatchResponse: {
    fields: {
      header: field(1, 'ResponseHeader'),
      watchId: field(2, 'int64'),
      created: field(3, 'bool'),
      canceled: field(4, 'bool'),
      compactRevision: field(5, 'int64'),
      cancelReason: field(6, 'string'),
      fragment: field(7, 'bool'),
      events: repeated(11, 'WatchEvent'),
    },
  },
  WatchEvent: { fields: { type: field(1, 'int32'), kv: field(2, 'KeyValue') } },
  StatusRequest: { fields: {} },
  StatusResponse: { fields: { leader: field(4, 'uint64') } },
  MemberListRequest: { fields: {} },
  MemberListResponse: { fields: { members: repeated(2, 'Member') } },
  Member: { fields: { clientUrls: repeated(4, 'string'), isLearner: field(5, 'bool') } },
  AuthenticateRequest: { fields: { name: field(1, 'string'), password: field(2, 'string') } },
  AuthenticateResponse: { fields: { token: field(2, 'string') } },
};

const root = protobuf.Root.fromJSON({ nested: messages });

/** What turns one message into bytes and back. */
export function messageType(name: string): protobuf.Type {
  return root.lookupType(name);
}

interface FieldOf {
  readonly id: number;
  readonly type: string;
}

function field(id: number, type: string): FieldOf {
  return { id, type };
}

function repeated(id: number, type: string): FieldOf & { readonly rule: 'repeated' } {
  return { id, type, rule: 'repeated' };
}
