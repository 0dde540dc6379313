import { type MeterProvider, metrics, trace, type TracerProvider } from '@opentelemetry/api';
import { type Clock, systemClock } from '@rollcall/core';
import { checkKeys, fieldError, hasMethod } from '@rollcall/core/driver';

/** Options of `createTelemetry`. Unknown keys are refused with a `TypeError`. */
export interface TelemetryOptions {
  /** Where metrics go. @defaultValue the global one, as it is when the telemetry is created: register the SDK first */
  readonly meterProvider?: MeterProvider | undefined;
  /** Where spans go. @defaultValue the global one, also if it is registered later */
  readonly tracerProvider?: TracerProvider | undefined;
  /**
   * What a trace sees of an attempt. `'spans'`: a client span each, whose context travels along. `'events'`: an event on the span that is
   * active, for programs in which another instrumentation makes spans of requests. `'off'`: nothing. @defaultValue 'spans'
   */
  readonly attempts?: 'spans' | 'events' | 'off' | undefined;
  /**
   * Whether metrics of attempts and ejections tell instances apart: `'shown'` makes as many series as there are ever instances. Spans
   * always name theirs. @defaultValue 'hidden'
   */
  readonly instanceIds?: 'hidden' | 'shown' | undefined;
  /** What durations of attempts follow. @defaultValue systemClock */
  readonly clock?: Clock | undefined;
}

/** The same, checked, with its defaults. */
export interface TelemetryTerms {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  readonly attempts: 'spans' | 'events' | 'off';
  readonly instanceIds: 'hidden' | 'shown';
  readonly clock: Clock;
}

const keys: readonly (keyof TelemetryOptions)[] = [
  'meterProvider',
  'tracerProvider',
  'attempts',
  'instanceIds',
  'clock',
];

/** @throws TypeError that names the key, what was expected and what came */
export function telemetryTerms(options: TelemetryOptions): TelemetryTerms {
  checkKeys('createTelemetry: options', options, keys);
  const {
    meterProvider = metrics.getMeterProvider(),
    tracerProvider = trace.getTracerProvider(),
    attempts = 'spans',
    instanceIds = 'hidden',
    clock = systemClock,
  } = options;
  if (!hasMethod(meterProvider, 'getMeter'))
    throw fieldError('options.meterProvider', 'a MeterProvider', meterProvider);
  if (!hasMethod(tracerProvider, 'getTracer'))
    throw fieldError('options.tracerProvider', 'a TracerProvider', tracerProvider);
  if (!hasMethod(clock, 'now')) throw fieldError('options.clock', 'a Clock', clock);
  checkWord('options.attempts', attempts, ['spans', 'events', 'off']);
  checkWord('options.instanceIds', instanceIds, ['hidden', 'shown']);
  return { meterProvider, tracerProvider, attempts, instanceIds, clock };
}

function checkWord(path: string, value: string, words: readonly string[]): void {
  if (!words.includes(value)) throw fieldError(path, words.map((word) => `'${word}'`).join(' or '), value);
}
