import type { experimental } from '@grpc/grpc-js';

/** What our policy is called in a service config. */
export const weightedName = 'rollcall_weighted';

/** Its part of a service config, which has nothing in it: JSON cannot hold a policy. */
export class WeightedConfig implements experimental.TypedLoadBalancingConfig {
  /** @throws TypeError for a field */
  static createFromJson(given: object): WeightedConfig {
    const [field] = Object.keys(given);
    if (field === undefined) return new WeightedConfig();
    throw new TypeError(`${field}: unknown key; what there is to choose is an option of openGrpcResolver()`);
  }

  getLoadBalancerName(): string {
    return weightedName;
  }

  toJsonObject(): object {
    return { [weightedName]: {} };
  }
}
