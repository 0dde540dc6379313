import type { Balancer, ServiceCache } from '@rollcall/balancer';
import type { Registration } from '@rollcall/core';
import type { CallObserver } from './calls/call-observer.ts';
import { Durations } from './calls/durations.ts';
import { observedCalls } from './calls/observed-calls.ts';
import { BalancerSeries } from './metrics/balancer-series.ts';
import { addCache } from './metrics/cache-series.ts';
import { countEvent } from './metrics/event-series.ts';
import { observeSeries } from './metrics/observe-series.ts';
import { addRegistration } from './metrics/registration-series.ts';
import { SeriesTable } from './metrics/series-table.ts';
import { quietly } from './quietly.ts';
import type { Telemetry, TelemetryEvent } from './telemetry.ts';
import { type TelemetryOptions, type TelemetryTerms, telemetryTerms } from './telemetry-options.ts';

const nothingToTakeBack = (): void => undefined;

/** The name under which the metrics and spans are told to come from here. */
const scope = '@rollcall/opentelemetry';

/**
 * Tells OpenTelemetry how a program's registries, caches, balancers and calls are doing. Without an SDK it does nothing.
 * @throws TypeError for a bad option, naming it
 */
export function createTelemetry(options: TelemetryOptions = {}): Telemetry {
  return new ObservingTelemetry(telemetryTerms(options));
}

class ObservingTelemetry implements Telemetry {
  readonly onDiagnostic: (event: TelemetryEvent) => void;
  readonly httpCalls: CallObserver;
  readonly grpcCalls: CallObserver;
  readonly #series = new SeriesTable();
  readonly #caches = new Set<Pick<ServiceCache, 'instances' | 'report'>>();
  readonly #balancers = new Map<Pick<Balancer, 'service' | 'stats'>, BalancerSeries>();
  readonly #registrations = new Set<Pick<Registration, 'instance' | 'state'>>();
  readonly #unobserve: (() => void) | undefined;
  #isOpen = true;

  constructor(terms: TelemetryTerms) {
    const meter = terms.meterProvider.getMeter(scope);
    this.onDiagnostic = (event) => {
      quietly('counting an event', () => countEvent(this.#series, event, terms));
    };
    const tracer = terms.tracerProvider.getTracer(scope);
    const parts = { ...terms, tracer, durations: new Durations(meter), isOpen: () => this.#isOpen };
    this.httpCalls = observedCalls('http', parts);
    this.grpcCalls = observedCalls('grpc', parts);
    this.#unobserve = quietly('opening the metrics', () => observeSeries(meter, this.#series, () => this.#read()));
  }

  observeCache(cache: Pick<ServiceCache, 'instances' | 'report'>): () => void {
    if (!this.#isOpen) return nothingToTakeBack;
    this.#caches.add(cache);
    return () => {
      this.#caches.delete(cache);
    };
  }

  readonly observeBalancer = (balancer: Pick<Balancer, 'service' | 'stats'>): (() => void) => {
    if (!this.#isOpen) return nothingToTakeBack;
    if (!this.#balancers.has(balancer)) this.#balancers.set(balancer, new BalancerSeries(balancer));
    return () => {
      const own = this.#balancers.get(balancer);
      this.#balancers.delete(balancer);
      quietly('reading a balancer', () => own?.addCounts(this.#series));
    };
  };

  observeRegistration(registration: Pick<Registration, 'closed' | 'instance' | 'state'>): () => void {
    if (!this.#isOpen) return nothingToTakeBack;
    this.#registrations.add(registration);
    const forget = (): void => {
      this.#registrations.delete(registration);
    };
    void registration.closed.then(forget);
    return forget;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    quietly('closing the metrics', () => this.#unobserve?.());
    this.#caches.clear();
    this.#balancers.clear();
    this.#registrations.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** One that cannot be read hides no other. */
  #read(): void {
    for (const cache of this.#caches) quietly('reading a cache', () => addCache(this.#series, cache));
    for (const balancer of this.#balancers.values()) quietly('reading a balancer', () => balancer.add(this.#series));
    for (const registration of this.#registrations)
      quietly('reading a registration', () => addRegistration(this.#series, registration));
  }
}
