import { randomBytes } from 'node:crypto';

/**
 * An ID for a new lease, random in 53 bits: ours before the server has heard of it, so that a grant whose answer was lost can be
 * asked for again, and small enough for a JavaScript number.
 */
export function newLeaseId(): number {
  const bytes = randomBytes(7);
  return Math.max(1, bytes.readUIntBE(0, 6) * 32 + (bytes.readUInt8(6) % 32));
}

/** As etcdctl shows it. */
export function leaseIdText(id: number): string {
  return id.toString(16).padStart(16, '0');
}
