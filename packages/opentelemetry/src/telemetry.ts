import type { Balancer, BalancingEvent, ServiceCache } from '@rollcall/balancer';
import type { DiagnosticEvent, Registration } from '@rollcall/core';
import type { CallObserver } from './calls/call-observer.ts';

/** What a registry, a service cache or a balancer tells in the background. */
export type TelemetryEvent = BalancingEvent | DiagnosticEvent;

/**
 * What a program tells OpenTelemetry of its registries, caches, balancers and calls; one for each program is enough. What fails in here
 * or in an SDK goes to the `diag` logger of OpenTelemetry, and never to a caller. Disposing closes.
 */
export interface Telemetry extends Disposable {
  /** For `onDiagnostic` of registries, caches and balancers: counts what they tell. Needs no `this`. */
  readonly onDiagnostic: (event: TelemetryEvent) => void;
  /** For clients that call over HTTP by service name: each attempt of a call becomes a span, and both are measured. */
  readonly httpCalls: CallObserver;
  /** The same for gRPC. */
  readonly grpcCalls: CallObserver;
  /** Reports the sets of `cache`, and what they are worth, until it is taken back. @returns what takes it back */
  observeCache(cache: Pick<ServiceCache, 'instances' | 'report'>): () => void;
  /**
   * Reports whom `balancer` has, and what it does from now on, until it is taken back. What was counted stays counted, so that a
   * balancer may follow another one of the same service. Needs no `this`: it may be an option of a client. @returns what takes it back
   */
  readonly observeBalancer: (balancer: Pick<Balancer, 'service' | 'stats'>) => () => void;
  /** Reports how `registration` stands, until it is closed or taken back. @returns what takes it back */
  observeRegistration(registration: Pick<Registration, 'closed' | 'instance' | 'state'>): () => void;
  /** Takes back everything. Attempts that are under way end well; nothing new is reported. */
  close(): void;
}
