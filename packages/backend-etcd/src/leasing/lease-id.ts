import { randomFillSync } from 'node:crypto';

const bytesEach = 7;

/** Random bytes for many IDs: drawing is what costs, not how many. */
const pool = Buffer.alloc(128 * bytesEach);
let used = pool.length;

/**
 * An ID for a new lease, random in 53 bits: ours before the server has heard of it, so that a grant whose answer was lost can be
 * asked for again, and small enough for a JavaScript number.
 */
export function newLeaseId(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.readUIntBE(used, 6) * 32 + (pool.readUInt8(used + 6) % 32);
  used += bytesEach;
  return Math.max(1, id);
}

/** As etcdctl shows it. */
export function leaseIdText(id: number): string {
  return id.toString(16).padStart(16, '0');
}
