import type { RangeResponse } from './protocol/etcd-messages.ts';
import { rangeRpc, txnRpc } from './protocol/etcd-rpcs.ts';
import { rangeOf } from './protocol/requests.ts';
import { readRecord } from './etcd-record.ts';
import type { EtcdStore } from './etcd-store.ts';
import { maxTxnOps } from './leasing/ownership.ts';
import { readService } from './watching/read-service.ts';

/**
 * Names of the services that have an instance to list (D4). Keys alone do not tell, as a record may be malformed: of each service
 * the first record is read, and all of them only where that one is no good.
 */
export async function listServices(store: EtcdStore, signal: AbortSignal): Promise<readonly string[]> {
  const candidates = await namesInKeys(store, signal);
  const live: string[] = [];
  for (let from = 0; from < candidates.length; from += maxTxnOps) {
    const names = candidates.slice(from, from + maxTxnOps);
    const firsts = await firstRecords(store, names, signal);
    for (const [index, name] of names.entries())
      if (isReadable(store, firsts[index]) || (await hasInstance(store, name, signal))) live.push(name);
  }
  return live;
}

async function namesInKeys({ connection, keys }: EtcdStore, signal: AbortSignal): Promise<readonly string[]> {
  const { kvs } = await connection.call(rangeRpc, { ...keys.all, keysOnly: true }, signal);
  return [...new Set(kvs.flatMap(({ key }) => keys.parse(key)?.service ?? []))];
}

async function firstRecords(
  { connection, keys }: EtcdStore,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly (RangeResponse | undefined)[]> {
  const success = names.map((name) => ({ range: { ...keys.service(name), limit: 1 } }));
  const { responses } = await connection.call(txnRpc, { success }, signal);
  return responses.map(rangeOf);
}

function isReadable({ keys }: EtcdStore, range: RangeResponse | undefined): boolean {
  const first = range?.kvs[0];
  return first !== undefined && readRecord(keys, first).type === 'entry';
}

async function hasInstance(store: EtcdStore, service: string, signal: AbortSignal): Promise<boolean> {
  return (await readService(store, service, signal)).snapshot.instances.length > 0;
}
