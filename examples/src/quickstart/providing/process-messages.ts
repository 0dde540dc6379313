import type { InstancePatch } from '@rollcall/core';

/** What the demo asks of a provider's process. It asks for one thing at a time. */
export type Order = { readonly type: 'update'; readonly patch: InstancePatch } | { readonly type: 'tell-last-renewal' };

/** What a provider's process says: that it serves, and then one answer to each order. */
export type Report =
  | { readonly type: 'serving' }
  | { readonly type: 'updated'; readonly keptItsLease: boolean }
  /** When the last renewal was sent that the backend acknowledged, on `sharedClock`. */
  | { readonly type: 'last-renewal'; readonly sentAtMs: number }
  | { readonly type: 'failed'; readonly reason: string };

/** Milliseconds that mean the same in every process of one machine: `performance.now()` counts from each one's own start. */
export function sharedClock(): number {
  return performance.timeOrigin + performance.now();
}

export function isOrder(message: unknown): message is Order {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  if (message.type === 'update') return 'patch' in message && typeof message.patch === 'object';
  return message.type === 'tell-last-renewal';
}

export function isReport(message: unknown): message is Report {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  switch (message.type) {
    case 'serving':
      return true;
    case 'updated':
      return 'keptItsLease' in message && typeof message.keptItsLease === 'boolean';
    case 'last-renewal':
      return 'sentAtMs' in message && typeof message.sentAtMs === 'number';
    case 'failed':
      return 'reason' in message && typeof message.reason === 'string';
    default:
      return false;
  }
}
