import type { Interceptor } from '@grpc/grpc-js';

/** Targets of one authority, for as long as it is open. Disposing closes. */
export interface GrpcResolver extends Disposable {
  /** The part between the slashes of its targets. */
  readonly authority: string;
  /** The target of a service: `rollcall:///orders`. Characters that mean something in a target are percent-encoded. */
  target(service: string): string;
  /**
   * For the `interceptors` of a client of this service: tells the `observer` of the resolver of its calls. Without an observer it does nothing.
   * Attempts are told where the channel chooses by `rollcall_weighted`; of others, calls alone.
   */
  interceptor(service: string): Interceptor;
  /**
   * Frees the authority: a channel that is made from now on is refused. Those that there are go on following the cache, which is yours to
   * close once they are closed. Idempotent.
   */
  close(): void;
}
