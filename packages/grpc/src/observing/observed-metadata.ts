import { Metadata } from '@grpc/grpc-js';
import type { ObservedCall } from './observed-call.ts';

/** The metadata of a call that is observed. grpc-js copies it for each attempt, and hands the copy to the policy: that way the two find each other. */
export class ObservedMetadata extends Metadata {
  readonly call: ObservedCall;

  constructor(metadata: Metadata, call: ObservedCall) {
    super(metadata.getOptions());
    this.call = call;
    this.merge(metadata);
  }

  override clone(): ObservedMetadata {
    return new ObservedMetadata(this, this.call);
  }
}
