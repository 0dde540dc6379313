import type { DriverChanges, DriverSnapshot, MalformedRecord, ServiceInstance } from '@rollcall/core/driver';
import type { RangeResponse, WatchEvent } from '../protocol/etcd-messages.ts';
import { rangeRpc } from '../protocol/etcd-rpcs.ts';
import type { EtcdKeys } from '../etcd-keys.ts';
import { readRecord } from '../etcd-record.ts';
import type { EtcdStore } from '../etcd-store.ts';

/** A service as it stood at one revision of one cluster. */
export interface ServiceRead {
  readonly snapshot: DriverSnapshot;
  readonly clusterId: number;
  readonly revision: number;
}

/** Reads a service, linearizably: as fresh as R1 needs (D1). */
export async function readService(store: EtcdStore, service: string, signal: AbortSignal): Promise<ServiceRead> {
  const answer = await store.connection.call(rangeRpc, store.keys.service(service), signal);
  return {
    snapshot: snapshotOf(store.keys, answer),
    clusterId: answer.header.clusterId.toNumber(),
    revision: answer.header.revision.toNumber(),
  };
}

function snapshotOf(keys: EtcdKeys, { kvs }: RangeResponse): DriverSnapshot {
  const instances: ServiceInstance[] = [];
  const malformed: MalformedRecord[] = [];
  for (const kv of kvs) {
    const read = readRecord(keys, kv);
    if (read.type === 'entry') instances.push(read.instance);
    else malformed.push(read.record);
  }
  return { type: 'snapshot', instances, ...(malformed.length > 0 && { malformed }) };
}

/** What a step of a watch means. */
export function changesOf(keys: EtcdKeys, events: readonly WatchEvent[]): DriverChanges {
  const put: ServiceInstance[] = [];
  const removedIds: string[] = [];
  const malformed: MalformedRecord[] = [];
  for (const { type, kv } of events) {
    if (type !== 0) {
      removedIds.push(keys.idOf(kv.key));
      continue;
    }
    const read = readRecord(keys, kv);
    if (read.type === 'entry') {
      put.push(read.instance);
    } else {
      removedIds.push(read.record.id);
      malformed.push(read.record);
    }
  }
  return { type: 'changes', put, removedIds, ...(malformed.length > 0 && { malformed }) };
}
