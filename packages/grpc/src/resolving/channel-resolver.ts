import type { ChannelOptions, experimental } from '@grpc/grpc-js';
import { termsOf } from '../authorities.ts';
import { hostOf, readTarget } from '../target.ts';
import { channelBalancing } from './channel-balancing.ts';
import { Following } from './following.ts';
import { Listener, type ListenerParts } from './listener.ts';

/** What grpc-js makes for each channel. It follows the service while the channel is in use, and nothing while that is idle. */
export class ChannelResolver implements experimental.Resolver {
  readonly #parts: ListenerParts;
  #following: Following | undefined;

  /**
   * What servers are told as the host, and what a certificate has to be for.
   * @throws TypeError for a target that cannot be read
   */
  static getDefaultAuthority(target: experimental.GrpcUri): string {
    return hostOf(readTarget(target).service);
  }

  /**
   * It throws to whoever makes the channel.
   * @throws Error if no resolver is open for the target; TypeError for a target that cannot be read, and for a bad service config
   */
  constructor(target: experimental.GrpcUri, push: experimental.ResolverListener, options: ChannelOptions) {
    const { authority, service } = readTarget(target);
    this.#parts = { service, terms: termsOf(authority), balancing: channelBalancing(options), push };
  }

  updateResolution(): void {
    const { service, terms } = this.#parts;
    this.#following ??= new Following({ service, terms, listener: new Listener(this.#parts) });
    this.#following.ask();
  }

  destroy(): void {
    this.#following?.stop();
    this.#following = undefined;
  }
}
