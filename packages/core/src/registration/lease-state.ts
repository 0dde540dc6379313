import type { RegisterOptions } from './registration.ts';

/** What an owner may believe of its lease (L7). */
export type LeaseState =
  | { readonly kind: 'active' }
  | { readonly kind: 'suspect'; readonly cause: unknown }
  | { readonly kind: 'lost'; readonly cause: unknown }
  | { readonly kind: 'closed'; readonly cause?: unknown };

/** What can happen to a registration. */
export type LeaseEvent =
  /** A renewal was acknowledged in time. */
  | { readonly type: 'renewed' }
  /** A renewal failed, and the deadline has not passed. */
  | { readonly type: 'renewal-failed'; readonly cause: unknown }
  /** The deadline has passed, or the backend says that the lease or the entry is gone (L5, L6). */
  | { readonly type: 'gone'; readonly cause: unknown }
  /** A live entry of another owner stands (R3). */
  | { readonly type: 'superseded'; readonly cause: unknown }
  /** Registered again under a new lease (R6). */
  | { readonly type: 'regained' }
  /** The owner closed it (R7). */
  | { readonly type: 'closed' };

export const active: LeaseState = { kind: 'active' };

/** What happens when the lease is lost while the handle is open (R6). */
export type OnLost = NonNullable<RegisterOptions['onLost']>;

/**
 * The states that `event` leads through, in order; none when it changes nothing. Decides, and does nothing else (L7):
 * closed is final, an answer that comes after the loss brings nothing back, and a loss is told once (L5).
 */
export function afterLeaseEvent(state: LeaseState, event: LeaseEvent, onLost: OnLost): readonly LeaseState[] {
  if (state.kind === 'closed') return [];
  switch (event.type) {
    case 'closed':
      return [{ kind: 'closed' }];
    case 'superseded':
      return [{ kind: 'closed', cause: event.cause }];
    case 'regained':
      return state.kind === 'lost' ? [active] : [];
    case 'renewed':
      return state.kind === 'suspect' ? [active] : [];
    case 'renewal-failed':
      return state.kind === 'active' ? [{ kind: 'suspect', cause: event.cause }] : [];
    case 'gone':
      if (state.kind === 'lost') return [];
      return onLost === 'close'
        ? [
            { kind: 'lost', cause: event.cause },
            { kind: 'closed', cause: event.cause },
          ]
        : [{ kind: 'lost', cause: event.cause }];
  }
}
