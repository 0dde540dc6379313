/**
 * By what HTTP is called: ours, with its defaults or in turn; undici alone, with the servers in turn by hand; the same with an interceptor that
 * does nothing; what undici has for several.
 */
export type HttpWay = 'rollcall' | 'rollcall in turn' | 'Agent' | 'composed Agent' | 'BalancedPool';

/** What is called for each request, and what is sent. */
export type HttpRequest = 'request, GET' | 'request, POST' | 'fetch, GET';

/** A channel of grpc-js, by its target and its policy. */
export type GrpcWay = 'rollcall' | 'rollcall, round_robin' | 'addresses' | 'addresses, round_robin';

export interface HttpJob {
  readonly protocol: 'http';
  readonly by: HttpWay;
  readonly request: HttpRequest;
  /** Where the servers listen. */
  readonly ports: readonly number[];
}

export interface GrpcJob {
  readonly protocol: 'grpc';
  readonly by: GrpcWay;
  /** Where the servers listen. */
  readonly ports: readonly number[];
}

/** Who calls, how, and whom. */
export type Job = HttpJob | GrpcJob;

/** So many calls, of which so many are under way at a time. */
export interface Load {
  readonly calls: number;
  readonly inFlight: number;
}

/** What a load took whoever has made the calls. */
export interface Took {
  readonly ms: number;
  readonly cpuMs: number;
}
