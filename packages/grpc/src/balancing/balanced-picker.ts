import { experimental, Metadata, status } from '@grpc/grpc-js';
import type { AcquiredInstance, Balancer } from '@rollcall/balancer';
import { reasonOf } from '@rollcall/core/driver';
import { CallContext } from './call-context.ts';
import type { AttemptTarget, ObservedAttempt } from '../observing/observed-call.ts';
import { ObservedMetadata } from '../observing/observed-metadata.ts';
import { callResult } from './call-result.ts';
import { BegunCall } from './counted-policy.ts';

/** The connection to one instance. */
interface PickedConnection {
  readonly picker: experimental.Picker;
  readonly target: AttemptTarget;
}

/** What a picker picks by. */
export interface BalancedPickerParts {
  /** Of those that are connected, by a `countedPolicy`. */
  readonly balancer: Balancer;
  readonly keyMetadata: string | undefined;
  readonly connectionOf: (id: string) => PickedConnection | undefined;
}

/** Picks for one channel while it is connected to somebody. */
export class BalancedPicker implements experimental.Picker {
  readonly #parts: BalancedPickerParts;

  constructor(parts: BalancedPickerParts) {
    this.#parts = parts;
  }

  pick(call: experimental.PickArgs): experimental.PickResult {
    const { balancer, keyMetadata, connectionOf } = this.#parts;
    try {
      const { id } = balancer.pick(new CallContext(call.metadata, keyMetadata));
      const connection = connectionOf(id);
      const picked = connection?.picker.pick(call);
      if (connection === undefined || picked?.pickResultType !== experimental.PickResultType.COMPLETE) return queued;
      const { metadata } = call;
      const told = metadata instanceof ObservedMetadata ? metadata.call.picked(connection.target, metadata) : undefined;
      return counted(picked, told, () => acquire(balancer, id));
    } catch (error) {
      return dropped(`No instance of ${balancer.service} could be picked: ${reasonOf(error)}`);
    }
  }
}

/** The balancer counts the call from when it begins until it ends. */
function counted(
  picked: experimental.PickResult,
  told: ObservedAttempt | undefined,
  begin: () => AcquiredInstance | undefined,
): experimental.PickResult {
  let acquired: AcquiredInstance | undefined;
  return {
    ...picked,
    onCallStarted: () => {
      acquired = begin();
      told?.sent();
    },
    onCallEnded: (code) => {
      acquired?.done(callResult(code));
      told?.ended(code);
    },
  };
}

/** Nothing if the instance has left since it was picked: the call goes on, and is not counted. */
function acquire(balancer: Balancer, id: string): AcquiredInstance | undefined {
  try {
    return balancer.acquire(new BegunCall(id));
  } catch {
    return undefined;
  }
}

/** Asked again when the channel's state changes, which it is about to. */
const queued: experimental.PickResult = Object.freeze({
  pickResultType: experimental.PickResultType.QUEUE,
  subchannel: null,
  status: null,
  onCallStarted: null,
  onCallEnded: null,
});

/** Fails the call, also one that waits until it can be sent. */
function dropped(details: string): experimental.PickResult {
  return {
    pickResultType: experimental.PickResultType.DROP,
    subchannel: null,
    status: { code: status.INTERNAL, details, metadata: new Metadata() },
    onCallStarted: null,
    onCallEnded: null,
  };
}
