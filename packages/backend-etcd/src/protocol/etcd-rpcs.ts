import type {
  AuthenticateRequest,
  AuthenticateResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveResponse,
  LeaseRequest,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
  MemberListResponse,
  RangeRequest,
  RangeResponse,
  StatusResponse,
  TxnRequest,
  TxnResponse,
  WatchRequest,
  WatchResponse,
} from './etcd-messages.ts';
import { messageType } from './etcd-schema.ts';

/** A procedure of etcd's, and how its messages become bytes. */
export interface Rpc<Request, Response> {
  readonly path: string;
  readonly serialize: (request: Request) => Buffer;
  readonly deserialize: (bytes: Buffer) => Response;
}

type Empty = Readonly<Record<string, never>>;

export const rangeRpc: Rpc<RangeRequest, RangeResponse> = rpc('KV/Range', 'RangeRequest', 'RangeResponse');
export const txnRpc: Rpc<TxnRequest, TxnResponse> = rpc('KV/Txn', 'TxnRequest', 'TxnResponse');
export const leaseGrantRpc: Rpc<LeaseGrantRequest, LeaseGrantResponse> = rpc(
  'Lease/LeaseGrant',
  'LeaseGrantRequest',
  'LeaseGrantResponse',
);
export const leaseRevokeRpc: Rpc<LeaseRequest, Empty> = rpc(
  'Lease/LeaseRevoke',
  'LeaseRevokeRequest',
  'LeaseRevokeResponse',
);
export const leaseTimeToLiveRpc: Rpc<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> = rpc(
  'Lease/LeaseTimeToLive',
  'LeaseTimeToLiveRequest',
  'LeaseTimeToLiveResponse',
);
export const leaseKeepAliveRpc: Rpc<LeaseRequest, LeaseKeepAliveResponse> = rpc(
  'Lease/LeaseKeepAlive',
  'LeaseKeepAliveRequest',
  'LeaseKeepAliveResponse',
);
export const watchRpc: Rpc<WatchRequest, WatchResponse> = rpc('Watch/Watch', 'WatchRequest', 'WatchResponse');
export const statusRpc: Rpc<Empty, StatusResponse> = rpc('Maintenance/Status', 'StatusRequest', 'StatusResponse');
export const memberListRpc: Rpc<Empty, MemberListResponse> = rpc(
  'Cluster/MemberList',
  'MemberListRequest',
  'MemberListResponse',
);
export const authenticateRpc: Rpc<AuthenticateRequest, AuthenticateResponse> = rpc(
  'Auth/Authenticate',
  'AuthenticateRequest',
  'AuthenticateResponse',
);

function rpc<Request extends object, Response>(
  path: string,
  request: string,
  response: string,
): Rpc<Request, Response> {
  const requestType = messageType(request);
  const responseType = messageType(response);
  return {
    path: `/etcdserverpb.${path}`,
    serialize: (message) => bufferOf(requestType.encode(message).finish()),
    // The schema decodes into just these fields; etcd-messages.ts gives them their types.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    deserialize: (bytes) => responseType.decode(bytes) as unknown as Response,
  };
}

/** What protobufjs writes on Node is a Buffer already, whatever its types say. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
}
