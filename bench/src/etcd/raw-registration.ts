import { bounded } from '../workload/bounded.ts';
import { leaseId, type RawEtcd } from './raw-etcd.ts';
import { keyOf, typicalRecord } from './records.ts';

/** Registers by hand: a grant under an ID of ours, then one transaction that puts the record under it. @returns the lease's ID */
export async function rawRegister(
  raw: RawEtcd,
  { service, id }: { readonly service: string; readonly id: string },
  ttlMs: number,
): Promise<number> {
  const lease = leaseId();
  await raw.leases.leaseGrant({ ID: lease, TTL: ttlMs / 1_000 });
  const put = { key: keyOf(service, id), value: typicalRecord(service, id), lease };
  await raw.kv.txn({ success: [{ request_put: put }] });
  return lease;
}

/** Ends leases, and with them what stands under them. */
export async function revokeByHand(raw: RawEtcd, leases: readonly number[]): Promise<void> {
  await bounded(leases.length, 256, async (index) => void (await raw.leases.leaseRevoke({ ID: leases[index] ?? 0 })));
}
