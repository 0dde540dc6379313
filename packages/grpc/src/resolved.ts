import { experimental } from '@grpc/grpc-js';
import type { ServiceInstance } from '@rollcall/core';
import type { GrpcResolverTerms } from './grpc-resolver-options.ts';

/** An instance and where it is called. */
export interface Addressed {
  readonly instance: ServiceInstance;
  readonly endpoint: experimental.Endpoint;
  /** The first of its endpoints, for people. */
  readonly url: string;
}

/** What a resolver knows beyond addresses: grpc-js hands it on to our policy, beside the options of the channel. */
export class Resolved {
  /** grpc-js keeps connections apart whose options differ, but for keys that begin so. */
  static readonly key: string = `${experimental.SUBCHANNEL_ARGS_EXCLUDE_KEY_PREFIX}.rollcall`;

  readonly service: string;
  /** Sorted by id. */
  readonly instances: readonly Addressed[];
  readonly terms: GrpcResolverTerms;

  constructor(service: string, instances: readonly Addressed[], terms: GrpcResolverTerms) {
    this.service = service;
    this.instances = instances;
    this.terms = terms;
  }
}
