/** A 64-bit number as it comes: revisions, leases and seconds all fit a JavaScript number. */
interface Int64 {
  toNumber(): number;
}

/** Which cluster answered, and at which revision. */
interface ResponseHeader {
  readonly clusterId: Int64;
  readonly revision: Int64;
}

/** A key as it stands, or as an event found it. A deleted one has no value and no lease. */
export interface KeyValue {
  readonly key: Buffer;
  readonly modRevision: Int64;
  readonly value: string;
  readonly lease: Int64;
}

export interface RangeRequest {
  readonly key: Buffer;
  /** Left out: `key` alone. */
  readonly rangeEnd?: Buffer;
  readonly limit?: number;
  /** Left out: the newest. */
  readonly revision?: number;
  readonly keysOnly?: boolean;
}

export interface RangeResponse {
  readonly header: ResponseHeader;
  readonly kvs: readonly KeyValue[];
}

/** One operation of a transaction: exactly one of them. */
export type RequestOp =
  | { readonly range: RangeRequest }
  | { readonly put: { readonly key: Buffer; readonly value: string; readonly lease: number } }
  | { readonly txn: TxnRequest };

export interface ResponseOp {
  readonly range?: RangeResponse | null;
  readonly txn?: TxnResponse | null;
}

/** A condition on one key. Made by `equals`. */
export type Compare = {
  readonly result: 0;
  readonly key: Buffer;
} & (
  | { readonly target: 1; readonly createRevision: number }
  | { readonly target: 2; readonly modRevision: number }
  | { readonly target: 4; readonly lease: number }
);

export interface TxnRequest {
  readonly compare?: readonly Compare[];
  readonly success?: readonly RequestOp[];
  readonly failure?: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: ResponseHeader;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}

export interface LeaseRequest {
  readonly id: number;
}

export interface LeaseGrantRequest extends LeaseRequest {
  /** In seconds. */
  readonly ttl: number;
}

export interface LeaseGrantResponse {
  /** In seconds, as granted. */
  readonly ttl: Int64;
}

export interface LeaseKeepAliveResponse {
  readonly id: Int64;
  /** In seconds; 0 says that the lease is gone. */
  readonly ttl: Int64;
}

export interface LeaseTimeToLiveRequest extends LeaseRequest {
  readonly keys: boolean;
}

export interface LeaseTimeToLiveResponse {
  /** In seconds. */
  readonly grantedTtl: Int64;
  readonly keys: readonly Buffer[];
}

export type WatchRequest =
  | {
      readonly create: {
        readonly key: Buffer;
        readonly rangeEnd: Buffer;
        readonly startRevision: number;
        readonly watchId: number;
        readonly fragment: boolean;
      };
    }
  | { readonly cancel: { readonly watchId: number } };

export interface WatchResponse {
  readonly header: ResponseHeader;
  readonly watchId: Int64;
  readonly created: boolean;
  readonly canceled: boolean;
  /** Above 0 when the history from the asked revision on is gone. */
  readonly compactRevision: Int64;
  readonly cancelReason: string;
  /** More of the same step follows. */
  readonly fragment: boolean;
  readonly events: readonly WatchEvent[];
}

export interface WatchEvent {
  /** 0 for a put, 1 for a delete. */
  readonly type: number;
  readonly kv: KeyValue;
}

export interface StatusResponse {
  /** 0 when the member knows of none. */
  readonly leader: Int64;
}

export interface MemberListResponse {
  readonly members: readonly { readonly clientUrls: readonly string[]; readonly isLearner: boolean }[];
}

export interface AuthenticateRequest {
  readonly name: string;
  readonly password: string;
}

export interface AuthenticateResponse {
  readonly token: string;
}
