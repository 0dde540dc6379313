import type { Compare, KeyValue, RangeResponse, RequestOp, ResponseOp } from './etcd-messages.ts';

/** That nobody has created the key. */
export function isAbsent(key: Buffer): Compare {
  return { result: 0, target: 1, key, createRevision: 0 };
}

/** That the key is as the write at `modRevision` left it. */
export function isUnchanged(key: Buffer, modRevision: number): Compare {
  return { result: 0, target: 2, key, modRevision };
}

/** That the key stands under this lease. */
export function isUnderLease(key: Buffer, lease: number): Compare {
  return { result: 0, target: 4, key, lease };
}

/** Reads one key within a transaction. */
export function readKey(key: Buffer): RequestOp {
  return { range: { key } };
}

/** What an operation of a transaction read. */
export function rangeOf(response: ResponseOp | undefined): RangeResponse | undefined {
  return response?.range ?? undefined;
}

/** The key that `readKey` read; undefined where there is none. */
export function keyRead(response: ResponseOp | undefined): KeyValue | undefined {
  return rangeOf(response)?.kvs[0];
}
