import { randomBytes } from 'node:crypto';

/** What makes the service ID of a lease nobody else's: random in 80 bits, in lower case, as Consul compares IDs without regard to case. */
export function newLeaseToken(): string {
  return randomBytes(10).toString('hex');
}
