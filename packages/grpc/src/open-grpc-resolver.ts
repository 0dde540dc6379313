import { experimental, type Interceptor } from '@grpc/grpc-js';
import { freeAuthority, takeAuthority } from './authorities.ts';
import { WeightedConfig, weightedName } from './balancing/weighted-config.ts';
import { WeightedBalancer } from './balancing/weighted-balancer.ts';
import type { GrpcResolver } from './grpc-resolver.ts';
import { type GrpcResolverOptions, grpcResolverTerms, type GrpcResolverTerms } from './grpc-resolver-options.ts';
import { observingInterceptor, passing } from './observing/observing-interceptor.ts';
import { ChannelResolver } from './resolving/channel-resolver.ts';
import { scheme, writeTarget } from './target.ts';

/**
 * Lets channels of grpc-js in this process call services by name, `rollcall:///orders`, until it is closed. A channel connects to every
 * instance that may be called, and chooses one of those that are connected for each call; with a service config of its own, as that says.
 * @throws TypeError for a bad option, naming it; also for an authority for which a resolver is open
 */
export function openGrpcResolver(options: GrpcResolverOptions): GrpcResolver {
  const terms = grpcResolverTerms(options);
  takeAuthority(terms);
  // The same each time, and never taken back: grpc-js knows no way to.
  experimental.registerResolver(scheme, ChannelResolver);
  experimental.registerLoadBalancerType(weightedName, WeightedBalancer, WeightedConfig);
  return new OpenGrpcResolver(terms);
}

class OpenGrpcResolver implements GrpcResolver {
  readonly authority: string;
  readonly #terms: GrpcResolverTerms;

  constructor(terms: GrpcResolverTerms) {
    this.authority = terms.authority;
    this.#terms = terms;
  }

  target(service: string): string {
    return writeTarget({ authority: this.authority, service });
  }

  interceptor(service: string): Interceptor {
    const { observer } = this.#terms;
    return observer === undefined ? passing : observingInterceptor(service, observer);
  }

  close(): void {
    freeAuthority(this.#terms);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
