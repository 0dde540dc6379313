export type { AttemptEnd, CallAttempt, CallEnd, CallListener, CallObserver, StartedCall } from './call-observer.ts';
export type { GrpcResolver } from './grpc-resolver.ts';
export type { GrpcResolverOptions } from './grpc-resolver-options.ts';
export { openGrpcResolver } from './open-grpc-resolver.ts';
