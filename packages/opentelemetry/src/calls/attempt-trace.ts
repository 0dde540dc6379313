import { type Context, propagation, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { AttemptEnd, AttemptStart, CallStart } from './call-observer.ts';
import { errorType } from './error-type.ts';
import { endAttributes, type Protocol, spanName, startAttributes } from './span-attributes.ts';

/** What a trace has of an attempt that is under way. */
export interface AttemptTrace {
  /** What makes the server's spans part of it. */
  readonly headers: Readonly<Record<string, string>>;
  end(end: AttemptEnd): void;
}

/** Nothing. */
export const untraced: AttemptTrace = Object.freeze({ headers: Object.freeze({}), end: () => undefined });

/** An attempt, and what it belongs to. */
export interface TracedAttempt {
  readonly protocol: Protocol;
  readonly call: CallStart;
  readonly attempt: AttemptStart;
  /** That of whoever calls. */
  readonly parent: Context;
}

/** A client span, whose context goes along with the request. */
export function attemptSpan(tracer: Tracer, { protocol, call, attempt, parent }: TracedAttempt): AttemptTrace {
  const attributes = startAttributes(protocol, call, attempt);
  const span = tracer.startSpan(spanName(protocol, call), { kind: SpanKind.CLIENT, attributes }, parent);
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(parent, span), headers);
  return { headers, end: (end) => endSpan(span, protocol, end) };
}

function endSpan(span: Span, protocol: Protocol, end: AttemptEnd): void {
  span.setAttributes(endAttributes(protocol, end));
  if (errorType(end) !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** An event on the caller's span, when the attempt is over. */
export function attemptEvent({ protocol, call, attempt, parent }: TracedAttempt): AttemptTrace {
  const span = trace.getSpan(parent);
  if (span === undefined) return untraced;
  return {
    headers: {},
    end(end) {
      const attributes = { ...startAttributes(protocol, call, attempt), ...endAttributes(protocol, end) };
      span.addEvent('rollcall.attempt', attributes);
    },
  };
}
