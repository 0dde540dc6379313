import { type Context, context, type Tracer } from '@opentelemetry/api';
import { quietly } from '../quietly.ts';
import type { TelemetryTerms } from '../telemetry-options.ts';
import { type AttemptTrace, attemptEvent, attemptSpan, untraced } from './attempt-trace.ts';
import type { AttemptEnd, AttemptStart, CallEnd, CallListener, CallObserver, CallStart } from './call-observer.ts';
import type { Durations } from './durations.ts';
import { errorType } from './error-type.ts';
import type { Protocol } from './span-attributes.ts';

/** What all calls need to be observed. */
export interface ObservedCallsParts extends Pick<TelemetryTerms, 'attempts' | 'clock' | 'instanceIds'> {
  readonly tracer: Tracer;
  readonly durations: Durations;
  /** Whether anything is reported any more. */
  readonly isOpen: () => boolean;
}

/** The observer of all calls over one protocol. */
export function observedCalls(protocol: Protocol, parts: ObservedCallsParts): CallObserver {
  return { callStarted: (call) => (parts.isOpen() ? new ObservedCall(protocol, parts, call) : unobserved) };
}

const unobserved: CallListener = Object.freeze({
  attemptStarted: () => untraced.headers,
  attemptEnded: () => undefined,
  callEnded: () => undefined,
});

class ObservedCall implements CallListener {
  readonly #protocol: Protocol;
  readonly #parts: ObservedCallsParts;
  readonly #call: CallStart;
  readonly #startedAtMs: number;
  /** Retries begin in no context of the caller's. */
  readonly #parent: Context = context.active();
  #attempt: { readonly startedAtMs: number; readonly trace: AttemptTrace } | undefined;

  constructor(protocol: Protocol, parts: ObservedCallsParts, call: CallStart) {
    this.#protocol = protocol;
    this.#parts = parts;
    this.#call = call;
    this.#startedAtMs = parts.clock.now();
  }

  attemptStarted(attempt: AttemptStart): Readonly<Record<string, string>> {
    const startedAtMs = this.#parts.clock.now();
    const trace = quietly('tracing an attempt', () => this.#trace(attempt)) ?? untraced;
    this.#attempt = { startedAtMs, trace };
    return trace.headers;
  }

  attemptEnded({ number, instance }: AttemptStart, end: AttemptEnd): void {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    this.#attempt = undefined;
    quietly('tracing an attempt', () => attempt.trace.end(end));
    const { durations, clock, instanceIds } = this.#parts;
    durations.record('rollcall.client.attempt.duration', clock.now() - attempt.startedAtMs, {
      'rollcall.service.name': this.#call.service,
      'rollcall.attempt.kind': number === 1 ? 'first' : 'retry',
      'rollcall.call.result': end.result,
      ...errorAttribute(end),
      ...(instanceIds === 'shown' ? { 'rollcall.instance.id': instance.id } : {}),
    });
  }

  callEnded(end: CallEnd): void {
    const { durations, clock } = this.#parts;
    durations.record('rollcall.client.call.duration', clock.now() - this.#startedAtMs, {
      'rollcall.service.name': this.#call.service,
      ...errorAttribute(end),
    });
  }

  #trace(attempt: AttemptStart): AttemptTrace {
    const traced = { protocol: this.#protocol, call: this.#call, attempt, parent: this.#parent };
    switch (this.#parts.attempts) {
      case 'spans':
        return attemptSpan(this.#parts.tracer, traced);
      case 'events':
        return attemptEvent(traced);
      case 'off':
        return untraced;
    }
  }
}

function errorAttribute(end: CallEnd): Readonly<Record<string, string>> {
  const type = errorType(end);
  return type === undefined ? {} : { 'error.type': type };
}
