import { type ChannelOptions, experimental } from '@grpc/grpc-js';
import type { EtcdEndpoint } from '../options/etcd-endpoint.ts';

const scheme = 'rollcall-etcd';
const addressOption = 'rollcall.address';

type Resolver = experimental.Resolver;
type ResolverListener = experimental.ResolverListener;

/** Where a channel of grpc-js connects to, and until when it may. */
export interface ChannelTarget {
  readonly target: string;
  readonly options: ChannelOptions;
}

/**
 * The channel target of an endpoint. grpc-js goes on to connect when its channel is closed: at a host that swallows everything for
 * two minutes, for which the process cannot exit (C3). But it hands what a resolver gives to `net.connect` as it is, and `signal`
 * can be part of that.
 */
export function channelTarget({ address, host, port }: EtcdEndpoint, signal: AbortSignal): ChannelTarget {
  return { target: `${scheme}:${address}`, options: { [addressOption]: { host, port, signal } } };
}

/** Finds the one address that the channel was given; names are looked up by `net.connect`. */
class GivenAddress implements Resolver {
  readonly #listener: ResolverListener;
  readonly #addresses: experimental.SubchannelAddress[];
  #isTold = false;

  constructor(_target: experimental.GrpcUri, listener: ResolverListener, options: ChannelOptions) {
    this.#listener = listener;
    this.#addresses = [options[addressOption]];
  }

  static getDefaultAuthority({ path }: experimental.GrpcUri): string {
    return path;
  }

  /** There is one answer, told once: whoever fails to connect asks again at once, and would be answered for ever. */
  updateResolution(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    process.nextTick(() => {
      if (!this.#isTold) return;
      this.#listener(experimental.statusOrFromValue([{ addresses: this.#addresses }]), {}, null, '');
    });
  }

  destroy(): void {
    this.#isTold = false;
  }
}

experimental.registerResolver(scheme, GivenAddress);
