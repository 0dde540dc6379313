import { type Context, type TextMapPropagator, type TextMapSetter, trace } from '@opentelemetry/api';

/** Sends the id of the span along, as propagators do in more words. */
export class SpanHeaders implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpan(context);
    if (span !== undefined) setter.set(carrier, 'x-test-span', span.spanContext().spanId);
  }

  extract(context: Context): Context {
    return context;
  }

  fields(): string[] {
    return ['x-test-span'];
  }
}
