import { type ChannelOptions, experimental, type ServiceConfig } from '@grpc/grpc-js';
import { weightedName } from '../balancing/weighted-config.ts';

/** How a channel balances. */
export interface ChannelBalancing {
  /** What a resolver gives to the channel; `null` where that has one of its own. */
  readonly serviceConfig: experimental.StatusOr<ServiceConfig> | null;
  /** What its policy chooses by: addresses alone, or the whole records of instances, as ours does. */
  readonly sees: 'addresses' | 'records';
}

const own: ServiceConfig = { loadBalancingConfig: [{ [weightedName]: {} }], methodConfig: [] };

/**
 * By our policy, unless the channel has a service config.
 * @throws TypeError for a service config that names no policy that there is: grpc-js would send all calls to the first instance
 */
export function channelBalancing(options: ChannelOptions): ChannelBalancing {
  const text = options['grpc.service_config'];
  if (text === undefined) return { serviceConfig: experimental.statusOrFromValue(own), sees: 'records' };
  const given: Partial<ServiceConfig> = JSON.parse(text);
  const chosen = experimental.selectLbConfigFromList(given.loadBalancingConfig ?? []);
  if (chosen === null)
    throw new TypeError(
      `grpc.service_config: no loadBalancingConfig that can be used; add "loadBalancingConfig":[{"${weightedName}":{}}], or "pick_first" where all calls are meant to go to one instance`,
    );
  return { serviceConfig: null, sees: chosen.getLoadBalancerName() === weightedName ? 'records' : 'addresses' };
}
